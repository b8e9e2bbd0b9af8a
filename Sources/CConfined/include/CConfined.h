#ifndef CCONFINED_H
#define CCONFINED_H

// Opening files beneath a folder. Both functions return a descriptor, or -1 with errno set, and add O_CLOEXEC.
// They stand in C because openat and syscall are variadic, which Swift cannot call.

// openat2(2) with RESOLVE_BENEATH, RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS and RESOLVE_NO_XDEV; ENOSYS where the
// system has no such call.
int confined_open_beneath(int directory, const char *path, int flags, unsigned int mode);

// openat(2) of one name, never following a symbolic link.
int confined_open_name(int directory, const char *name, int flags, unsigned int mode);

#endif
