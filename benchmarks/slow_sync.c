/* A disk on which each sync takes SLOW_SYNC_MICROSECONDS longer; preloaded into the server that is measured. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_for_disk(void) {
    const char *microseconds = getenv("SLOW_SYNC_MICROSECONDS");
    if (microseconds) usleep((useconds_t)atoi(microseconds));
}

int fsync(int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_for_disk();
    return real(descriptor);
}

int fdatasync(int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_for_disk();
    return real(descriptor);
}
