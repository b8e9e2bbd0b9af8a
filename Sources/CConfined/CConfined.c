#define _GNU_SOURCE
#include "CConfined.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>

// The C libraries have no wrapper; number, structure and flags are those of openat2(2), which are the same on every
// architecture. They are written out because the kernel headers of some build machines are older than the call.
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

struct confined_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};

enum {
    CONFINED_NO_XDEV = 0x01,
    CONFINED_NO_MAGICLINKS = 0x02,
    CONFINED_NO_SYMLINKS = 0x04,
    CONFINED_BENEATH = 0x08,
};

int confined_open_beneath(int directory, const char *path, int flags, unsigned int mode) {
    struct confined_how how = {
        .flags = (uint64_t)(unsigned int)(flags | O_CLOEXEC | O_NOFOLLOW),
        // Other than openat, openat2 refuses a mode where nothing is created.
        .mode = (flags & O_CREAT) ? mode : 0,
        .resolve = CONFINED_BENEATH | CONFINED_NO_MAGICLINKS | CONFINED_NO_SYMLINKS | CONFINED_NO_XDEV,
    };
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}
#else
int confined_open_beneath(int directory, const char *path, int flags, unsigned int mode) {
    (void)directory, (void)path, (void)flags, (void)mode;
    errno = ENOSYS;
    return -1;
}
#endif

int confined_open_name(int directory, const char *name, int flags, unsigned int mode) {
    return openat(directory, name, flags | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
}
