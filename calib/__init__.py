"""calib: from instruments on the bench to a signed calibration certificate.

Rooms, from the ground floor up (a room imports only from rooms below it)::

    cli                                 the command line
    demo                                a simulated laboratory to start from
    report                              certificate, tables
    procedures | run                    the methods | what executes them
    procedure                           what the author of a procedure sees
    drivers | equipment | record        instruments | register | journal and record
    uncertainty | specification         GUM engine | accuracy specifications as data
    files, units, clock, ports, text, errors
"""

__version__ = "0.1.0"
