/* Failing disks for tests: preloaded into a process, it makes the n-th write to the files of one folder fail.
 *
 * faults_arm(folder, nth, kind, how_many) is called by the test; everything passes until then, after `how_many`
 * failures, and after faults_disarm().
 * Kinds: 0 no room (ENOSPC), 1 input/output error (EIO), 2 half of the bytes are written and then EIO, 3 half of the
 * bytes are written and the process is gone. Syncs and truncations count as writes; they have no halves.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum kind { NO_ROOM, IO_ERROR, HALF, HALF_AND_GONE };

static char watched[4096];
static long countdown, failures_left, fired;
static enum kind chosen;

void faults_arm(const char *folder, long nth, int kind, long how_many)
{
    snprintf(watched, sizeof watched, "%s", folder);
    chosen = (enum kind)kind;
    failures_left = how_many;
    fired = 0;
    countdown = nth;
}

void faults_disarm(void) { failures_left = 0; }

/* How many calls have failed since arming. */
long faults_fired(void) { return fired; }

static int is_watched(int fd)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return strncmp(path, watched, strlen(watched)) == 0;
}

static int fails(int fd)
{
    if (failures_left <= 0 || countdown <= 0 || !is_watched(fd))
        return 0;
    if (countdown > 1) {
        countdown--;
        return 0;
    }
    failures_left--;
    fired++;
    return 1;
}

static int error_of(void) { return chosen == NO_ROOM ? ENOSPC : EIO; }

#define REAL(name, type, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) \
        real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

#define AFTER_HALF(writing_half) \
    do { \
        if (chosen >= HALF && count > 1) \
            (void)!(writing_half); \
        if (chosen == HALF_AND_GONE) \
            _exit(99); \
        errno = error_of(); \
        return -1; \
    } while (0)

ssize_t write(int fd, const void *bytes, size_t count)
{
    REAL(write, ssize_t, int, const void *, size_t);
    if (fails(fd))
        AFTER_HALF(real(fd, bytes, count / 2));
    return real(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at)
{
    REAL(pwrite, ssize_t, int, const void *, size_t, off_t);
    if (fails(fd))
        AFTER_HALF(real(fd, bytes, count / 2, at));
    return real(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at)
{
    REAL(pwrite64, ssize_t, int, const void *, size_t, off64_t);
    if (fails(fd))
        AFTER_HALF(real(fd, bytes, count / 2, at));
    return real(fd, bytes, count, at);
}

#define WITHOUT_HALVES \
    do { \
        if (chosen == HALF_AND_GONE) \
            _exit(99); \
        errno = error_of(); \
        return -1; \
    } while (0)

int fsync(int fd)
{
    REAL(fsync, int, int);
    if (fails(fd))
        WITHOUT_HALVES;
    return real(fd);
}

int fdatasync(int fd)
{
    REAL(fdatasync, int, int);
    if (fails(fd))
        WITHOUT_HALVES;
    return real(fd);
}

int ftruncate(int fd, off_t length)
{
    REAL(ftruncate, int, int, off_t);
    if (fails(fd))
        WITHOUT_HALVES;
    return real(fd, length);
}

int ftruncate64(int fd, off64_t length)
{
    REAL(ftruncate64, int, int, off64_t);
    if (fails(fd))
        WITHOUT_HALVES;
    return real(fd, length);
}
