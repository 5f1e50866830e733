/*
 * Writes down what a process does to the files below one directory, so that a power loss can be played afterwards.
 *
 *   LD_PRELOAD            this library
 *   TRIVET_SHIM_DIR       the directory, as realpath gives it
 *   TRIVET_SHIM_JOURNAL   where to write, outside the directory
 *   TRIVET_SHIM_LIE       1: fsync and fdatasync do nothing and say that all is well
 *
 * Each operation becomes one record, appended by a raw system call, so that it is there after SIGKILL. Operations other
 * than fsync run one at a time under a lock together with their record: the order of the journal is the order of the
 * file system. An fsync is two records, one before and one after; only what was written before the first is promised.
 *
 * Everything goes straight to the kernel by syscall(2), which needs no look-up of the function that is replaced and works
 * before this library's own start. What cannot be followed (a shared writable mapping, a hole punched, a symbolic link) is
 * written down as such, and whoever plays the power loss has to refuse it. What stdio writes is noted by name only.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Numbers as the reader knows them: io.trivet.lab.durability.power.Journal. */
enum {
  OPEN = 1, CLOSE, WRITE, RESIZE, GROW, RENAME, UNLINK, LINK, MKDIR, RMDIR, SYNC_BEGIN, SYNC_END, DUP, STDIO,
  UNSUPPORTED, RESIZE_PATH
};
enum { CREATED = 1, TRUNCATED = 2, DIRECTORY = 4 };

struct header {
  uint32_t magic, op, fd, flags;
  uint64_t number; /* an offset, a size, a ticket */
  uint32_t path_bytes, data_bytes;
};

#define MAGIC 0x4c525750u
#define FDS 65536

struct follow {
  unsigned char on, is_directory, synchronous;
  dev_t device;
  ino_t inode;
};

static struct follow follow[FDS];
static char directory[PATH_MAX];
static size_t directory_bytes;
static int journal = -1;
static int lies;
static uint64_t tickets;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void die(const char *why) {
  (void)!syscall(SYS_write, 2, why, strlen(why));
  (void)!syscall(SYS_write, 2, "\n", 1);
  abort();
}

__attribute__((constructor)) static void begin(void) {
  const char *dir = getenv("TRIVET_SHIM_DIR"), *to = getenv("TRIVET_SHIM_JOURNAL"), *lie = getenv("TRIVET_SHIM_LIE");
  if (!dir || !to || strlen(dir) >= sizeof directory) return;
  strcpy(directory, dir);
  directory_bytes = strlen(dir);
  lies = lie && !strcmp(lie, "1");
  int fd = syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) die("shim: the journal cannot be opened");
  /* Out of the way of programs that count on low numbers. */
  journal = syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 512);
  syscall(SYS_close, fd);
  if (journal < 0) die("shim: no file descriptor for the journal");
}

/* To be called under the lock. */
static void note(uint32_t op, int fd, uint32_t flags, uint64_t number, const char *path, size_t path_bytes,
    const struct iovec *data, int parts, size_t data_bytes) {
  struct header h = {MAGIC, op, (uint32_t)fd, flags, number, (uint32_t)path_bytes, (uint32_t)data_bytes};
  struct iovec all[2 + 64];
  size_t left = data_bytes;
  int n = 2;
  if (parts > 64 || data_bytes > INT32_MAX) die("shim: a write larger than can be followed");
  all[0] = (struct iovec){&h, sizeof h};
  all[1] = (struct iovec){(void *)path, path_bytes};
  for (int i = 0; i < parts && left; i++) {
    size_t take = data[i].iov_len < left ? data[i].iov_len : left;
    all[n++] = (struct iovec){data[i].iov_base, take};
    left -= take;
  }
  size_t whole = sizeof h + path_bytes + data_bytes;
  if (syscall(SYS_writev, journal, all, n) != (long)whole) die("shim: the journal cannot be written");
}

static void note_path(uint32_t op, const char *path) {
  note(op, -1, 0, 0, path, strlen(path), NULL, 0, 0);
}

static void unsupported(const char *what) {
  note_path(UNSUPPORTED, what);
}

/* The path below the directory, "" for the directory itself, or NULL when it is elsewhere. */
static const char *below(int at, const char *path, char out[PATH_MAX]) {
  char joined[PATH_MAX * 2];
  if (journal < 0 || !path) return NULL;
  if (path[0] == '/') {
    if (snprintf(joined, sizeof joined, "%s", path) >= (int)sizeof joined) return NULL;
  } else {
    char base[PATH_MAX], link[64];
    snprintf(link, sizeof link, at == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", at);
    long n = syscall(SYS_readlinkat, AT_FDCWD, link, base, sizeof base - 1);
    if (n < 0) return NULL;
    base[n] = 0;
    if (snprintf(joined, sizeof joined, "%s/%s", base, path) >= (int)sizeof joined) return NULL;
  }
  size_t length = 0;
  out[0] = 0;
  for (char *save = NULL, *part = strtok_r(joined, "/", &save); part; part = strtok_r(NULL, "/", &save)) {
    if (!strcmp(part, ".")) continue;
    if (!strcmp(part, "..")) {
      while (length && out[--length] != '/') {}
      out[length] = 0;
      continue;
    }
    size_t bytes = strlen(part);
    if (length + bytes + 2 > PATH_MAX) return NULL;
    out[length++] = '/';
    memcpy(out + length, part, bytes + 1);
    length += bytes;
  }
  if (strncmp(out, directory, directory_bytes)) return NULL;
  if (out[directory_bytes] == 0) return out + directory_bytes;
  return out[directory_bytes] == '/' ? out + directory_bytes + 1 : NULL;
}

/* Whether fd is a file that is followed; it may have been closed by a way that leads around this library. */
static int follows(int fd) {
  struct stat s;
  if (fd < 0 || fd >= FDS || !follow[fd].on) return 0;
  int saved = errno;
  if (fstat(fd, &s) == 0 && s.st_ino == follow[fd].inode && s.st_dev == follow[fd].device) {
    errno = saved;
    return 1;
  }
  errno = saved;
  follow[fd].on = 0;
  return 0;
}

static int open_followed(int at, const char *path, int flags, mode_t mode) {
  char buffer[PATH_MAX];
  const char *name = below(at, path, buffer);
  if (!name) return syscall(SYS_openat, at, path, flags, mode);
  pthread_mutex_lock(&lock);
  int existed = syscall(SYS_faccessat, at, path, F_OK) == 0;
  int fd = syscall(SYS_openat, at, path, flags, mode);
  int saved = errno;
  if (fd >= FDS) die("shim: more open files than can be followed");
  if (fd >= 0) {
    struct stat s;
    if ((flags & O_TMPFILE) == O_TMPFILE) unsupported("O_TMPFILE");
    if (fstat(fd, &s) != 0) die("shim: fstat failed");
    follow[fd] = (struct follow){1, S_ISDIR(s.st_mode), (flags & (O_DSYNC | O_SYNC)) != 0, s.st_dev, s.st_ino};
    uint32_t how = (existed ? 0 : CREATED) | (flags & O_TRUNC ? TRUNCATED : 0) | (S_ISDIR(s.st_mode) ? DIRECTORY : 0);
    note(OPEN, fd, how, 0, name, strlen(name), NULL, 0, 0);
  }
  pthread_mutex_unlock(&lock);
  errno = saved;
  return fd;
}

#define MODE(flags, mode)                        \
  mode_t mode = 0;                               \
  if ((flags) & (O_CREAT | __O_TMPFILE)) {       \
    va_list rest;                                \
    va_start(rest, flags);                       \
    mode = va_arg(rest, int);                    \
    va_end(rest);                                \
  }

int open(const char *path, int flags, ...) { MODE(flags, mode) return open_followed(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags, mode) return open_followed(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE(flags, mode) return open_followed(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags, mode) return open_followed(at, path, flags, mode); }
int __open_2(const char *path, int flags) { return open_followed(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_followed(AT_FDCWD, path, flags, 0); }
int __openat_2(int at, const char *path, int flags) { return open_followed(at, path, flags, 0); }
int __openat64_2(int at, const char *path, int flags) { return open_followed(at, path, flags, 0); }
int creat(const char *path, mode_t mode) { return open_followed(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

/* Under the lock. */
static void forget(int fd) {
  note(CLOSE, fd, 0, 0, NULL, 0, NULL, 0, 0);
  follow[fd].on = 0;
}

int close(int fd) {
  if (fd >= 0 && fd == journal) {
    errno = EBADF;
    return -1;
  }
  if (!follows(fd)) return syscall(SYS_close, fd);
  pthread_mutex_lock(&lock);
  forget(fd);
  int result = syscall(SYS_close, fd);
  pthread_mutex_unlock(&lock);
  return result;
}

/* Under the lock: `to` now is what `from` is. */
static void note_dup(int from, int to) {
  if (to < 0 || to >= FDS) die("shim: more open files than can be followed");
  follow[to] = follow[from];
  note(DUP, from, (uint32_t)to, 0, NULL, 0, NULL, 0, 0);
}

static int dup_onto(int from, int to, int flags) {
  pthread_mutex_lock(&lock);
  if (follows(to)) forget(to);
  int result = syscall(SYS_dup3, from, to, flags);
  if (result >= 0 && follows(from)) note_dup(from, result);
  pthread_mutex_unlock(&lock);
  return result;
}

int dup2(int from, int to) {
  if (from == to) return syscall(SYS_fcntl, from, F_GETFD) < 0 ? -1 : to;
  return dup_onto(from, to, 0);
}
int dup3(int from, int to, int flags) { return dup_onto(from, to, flags); }

static int dup_anywhere(int fd, int command, void *argument) {
  if (!follows(fd)) return syscall(SYS_fcntl, fd, command, argument);
  pthread_mutex_lock(&lock);
  int result = syscall(SYS_fcntl, fd, command, argument);
  if (result >= 0) note_dup(fd, result);
  pthread_mutex_unlock(&lock);
  return result;
}

int dup(int fd) { return dup_anywhere(fd, F_DUPFD, 0); }

#define FCNTL(name)                                                                             \
  int name(int fd, int command, ...) {                                                          \
    va_list rest;                                                                               \
    va_start(rest, command);                                                                    \
    void *argument = va_arg(rest, void *);                                                      \
    va_end(rest);                                                                               \
    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC) return dup_anywhere(fd, command, argument); \
    return syscall(SYS_fcntl, fd, command, argument);                                           \
  }
FCNTL(fcntl)
FCNTL(fcntl64)

/* Under the lock: a file opened with O_SYNC or O_DSYNC syncs each write. */
static void note_synchronous(int fd) {
  if (!follow[fd].synchronous || lies) return;
  note(SYNC_BEGIN, fd, 0, ++tickets, NULL, 0, NULL, 0, 0);
  note(SYNC_END, fd, 0, tickets, NULL, 0, NULL, 0, 0);
}

/* @param offset -1 for the file's own position */
static ssize_t write_followed(int fd, const struct iovec *parts, int count, off_t offset) {
  pthread_mutex_lock(&lock);
  ssize_t n = offset < 0 ? syscall(SYS_writev, fd, parts, count) : syscall(SYS_pwritev, fd, parts, count, offset, 0L);
  int saved = errno;
  if (n > 0) {
    off_t at = offset >= 0 ? offset : syscall(SYS_lseek, fd, 0L, SEEK_CUR) - n;
    note(WRITE, fd, 0, at, NULL, 0, parts, count, n);
    note_synchronous(fd);
  }
  pthread_mutex_unlock(&lock);
  errno = saved;
  return n;
}

ssize_t write(int fd, const void *bytes, size_t count) {
  if (!follows(fd)) return syscall(SYS_write, fd, bytes, count);
  return write_followed(fd, &(struct iovec){(void *)bytes, count}, 1, -1);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  if (!follows(fd)) return syscall(SYS_pwrite64, fd, bytes, count, offset);
  return write_followed(fd, &(struct iovec){(void *)bytes, count}, 1, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) { return pwrite(fd, bytes, count, offset); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
  return follows(fd) ? write_followed(fd, parts, count, -1) : syscall(SYS_writev, fd, parts, count);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  return follows(fd) ? write_followed(fd, parts, count, offset) : syscall(SYS_pwritev, fd, parts, count, offset, 0L);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t offset) {
  return pwritev(fd, parts, count, offset);
}

/* Callers fall back to reading and writing. */
ssize_t copy_file_range(int in, off_t *in_at, int out, off_t *out_at, size_t count, unsigned flags) {
  if (!follows(out)) return syscall(SYS_copy_file_range, in, in_at, out, out_at, count, flags);
  errno = EXDEV;
  return -1;
}

ssize_t sendfile(int out, int in, off_t *offset, size_t count) {
  if (!follows(out)) return syscall(SYS_sendfile, out, in, offset, count);
  errno = EINVAL;
  return -1;
}

ssize_t sendfile64(int out, int in, off_t *offset, size_t count) { return sendfile(out, in, offset, count); }

int ftruncate(int fd, off_t size) {
  if (!follows(fd)) return syscall(SYS_ftruncate, fd, size);
  pthread_mutex_lock(&lock);
  int result = syscall(SYS_ftruncate, fd, size);
  if (result == 0) note(RESIZE, fd, 0, size, NULL, 0, NULL, 0, 0);
  pthread_mutex_unlock(&lock);
  return result;
}

int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

int truncate(const char *path, off_t size) {
  char buffer[PATH_MAX];
  const char *name = below(AT_FDCWD, path, buffer);
  if (!name) return syscall(SYS_truncate, path, size);
  pthread_mutex_lock(&lock);
  int result = syscall(SYS_truncate, path, size);
  if (result == 0) note(RESIZE_PATH, -1, 0, size, name, strlen(name), NULL, 0, 0);
  pthread_mutex_unlock(&lock);
  return result;
}

int truncate64(const char *path, off_t size) { return truncate(path, size); }

int fallocate(int fd, int mode, off_t offset, off_t length) {
  if (!follows(fd)) return syscall(SYS_fallocate, fd, mode, offset, length);
  pthread_mutex_lock(&lock);
  int result = syscall(SYS_fallocate, fd, mode, offset, length);
  if (result == 0) {
    /* Space alone is no content. */
    if (mode == 0) note(GROW, fd, 0, offset + length, NULL, 0, NULL, 0, 0);
    else if (mode != FALLOC_FL_KEEP_SIZE) unsupported("fallocate other than for space");
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int fallocate64(int fd, int mode, off_t offset, off_t length) { return fallocate(fd, mode, offset, length); }
int posix_fallocate(int fd, off_t offset, off_t length) { return fallocate(fd, 0, offset, length) == 0 ? 0 : errno; }
int posix_fallocate64(int fd, off_t offset, off_t length) { return posix_fallocate(fd, offset, length); }

static int sync_followed(int fd, long number) {
  if (!follows(fd)) return syscall(number, fd);
  if (lies) return 0;
  pthread_mutex_lock(&lock);
  uint64_t ticket = ++tickets;
  note(SYNC_BEGIN, fd, 0, ticket, NULL, 0, NULL, 0, 0);
  pthread_mutex_unlock(&lock);
  int result = syscall(number, fd);
  int saved = errno;
  if (result == 0) {
    pthread_mutex_lock(&lock);
    note(SYNC_END, fd, 0, ticket, NULL, 0, NULL, 0, 0);
    pthread_mutex_unlock(&lock);
  }
  errno = saved;
  return result;
}

int fsync(int fd) { return sync_followed(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_followed(fd, SYS_fdatasync); }

/* Two names in one record, with a zero byte between. */
static int two_names(uint32_t op, int from_at, const char *from, int to_at, const char *to, unsigned flags,
    long number) {
  char a[PATH_MAX], b[PATH_MAX], both[PATH_MAX * 2];
  const char *old = below(from_at, from, a), *fresh = below(to_at, to, b);
  if (!old && !fresh) return syscall(number, from_at, from, to_at, to, flags);
  pthread_mutex_lock(&lock);
  int result = syscall(number, from_at, from, to_at, to, flags);
  int saved = errno;
  if (result == 0) {
    if (!old || !fresh) {
      unsupported("a name moved across the directory's border");
    } else if (op == RENAME && flags & ~1u) {
      unsupported("renameat2 other than without replacing");
    } else {
      size_t first = strlen(old);
      memcpy(both, old, first + 1);
      strcpy(both + first + 1, fresh);
      note(op, -1, 0, 0, both, first + 1 + strlen(fresh), NULL, 0, 0);
    }
  }
  pthread_mutex_unlock(&lock);
  errno = saved;
  return result;
}

int rename(const char *from, const char *to) {
  return two_names(RENAME, AT_FDCWD, from, AT_FDCWD, to, 0, SYS_renameat2);
}
int renameat(int from_at, const char *from, int to_at, const char *to) {
  return two_names(RENAME, from_at, from, to_at, to, 0, SYS_renameat2);
}
int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
  return two_names(RENAME, from_at, from, to_at, to, flags, SYS_renameat2);
}
int link(const char *from, const char *to) { return two_names(LINK, AT_FDCWD, from, AT_FDCWD, to, 0, SYS_linkat); }
int linkat(int from_at, const char *from, int to_at, const char *to, int flags) {
  return two_names(LINK, from_at, from, to_at, to, (unsigned)flags, SYS_linkat);
}

int symlinkat(const char *target, int at, const char *path) {
  char buffer[PATH_MAX];
  int result = syscall(SYS_symlinkat, target, at, path);
  if (result == 0 && below(at, path, buffer)) {
    pthread_mutex_lock(&lock);
    unsupported("a symbolic link");
    pthread_mutex_unlock(&lock);
  }
  return result;
}
int symlink(const char *target, const char *path) { return symlinkat(target, AT_FDCWD, path); }

int unlinkat(int at, const char *path, int flags) {
  char buffer[PATH_MAX];
  const char *name = below(at, path, buffer);
  if (!name) return syscall(SYS_unlinkat, at, path, flags);
  pthread_mutex_lock(&lock);
  int result = syscall(SYS_unlinkat, at, path, flags);
  int saved = errno;
  if (result == 0) note_path(flags & AT_REMOVEDIR ? RMDIR : UNLINK, name);
  pthread_mutex_unlock(&lock);
  errno = saved;
  return result;
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
  int result = unlink(path);
  return result < 0 && errno == EISDIR ? rmdir(path) : result;
}

int mkdirat(int at, const char *path, mode_t mode) {
  char buffer[PATH_MAX];
  const char *name = below(at, path, buffer);
  if (!name) return syscall(SYS_mkdirat, at, path, mode);
  pthread_mutex_lock(&lock);
  int result = syscall(SYS_mkdirat, at, path, mode);
  int saved = errno;
  if (result == 0) note_path(MKDIR, name);
  pthread_mutex_unlock(&lock);
  errno = saved;
  return result;
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
  if (fd >= 0 && protection & PROT_WRITE && flags & MAP_SHARED && follows(fd)) {
    pthread_mutex_lock(&lock);
    unsupported("a shared writable mapping");
    pthread_mutex_unlock(&lock);
  }
  return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}
void *mmap64(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
  return mmap(address, length, protection, flags, fd, offset);
}

/* What stdio writes and closes leads around this library. */
static FILE *fopen_noted(const char *symbol, const char *path, const char *mode) {
  char buffer[PATH_MAX];
  FILE *(*real)(const char *, const char *) = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, symbol);
  const char *name = strpbrk(mode, "wa+") ? below(AT_FDCWD, path, buffer) : NULL;
  if (!name) return real(path, mode);
  pthread_mutex_lock(&lock);
  FILE *file = real(path, mode);
  if (file) note_path(STDIO, name);
  pthread_mutex_unlock(&lock);
  return file;
}
FILE *fopen(const char *path, const char *mode) { return fopen_noted("fopen", path, mode); }
FILE *fopen64(const char *path, const char *mode) { return fopen_noted("fopen64", path, mode); }

/* Under no lock: fd belongs to stdio or a directory stream from now on, which closes it by itself. */
static void let_go(int fd, uint32_t op) {
  if (!follows(fd)) return;
  pthread_mutex_lock(&lock);
  if (op) note(op, fd, 0, 0, NULL, 0, NULL, 0, 0);
  forget(fd);
  pthread_mutex_unlock(&lock);
}

FILE *fdopen(int fd, const char *mode) {
  FILE *(*real)(int, const char *) = (FILE * (*)(int, const char *)) dlsym(RTLD_NEXT, "fdopen");
  FILE *file = real(fd, mode);
  if (file) let_go(fd, strpbrk(mode, "wa+") ? STDIO : 0);
  return file;
}

DIR *fdopendir(int fd) {
  DIR *(*real)(int) = (DIR * (*)(int)) dlsym(RTLD_NEXT, "fdopendir");
  DIR *dir = real(fd);
  if (dir) let_go(fd, 0);
  return dir;
}
