/*
 * Fails, shortens, delays, kills at, or records the Nth file operation under a folder. Loaded by LD_PRELOAD; see shim.ts.
 *
 * INJ_ROOT   absolute folder; operations on anything else pass untouched
 * INJ_OP     comma-separated classes: open create read write ftruncate fsync rename unlink link mkdir rmdir close;
 *            `mutating` = create write ftruncate fsync rename unlink link mkdir rmdir; `any` = all but read
 * INJ_MATCH  optional: only paths that contain this text
 * INJ_AT     the how-manieth matching call of this process; with INJ_FOREVER=1 every one from there on
 * INJ_ACT    errno:NAME | kill | kill-after | short | hang | record
 * INJ_LOG    proof that it fired (`F` lines), and what was recorded (see `record`)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum op { OPEN, CREATE, READ, WRITE, FTRUNCATE, FSYNC, RENAME, UNLINK, LINK, MKDIR, RMDIR, CLOSE, OPS };
static const char *const names[OPS] = { "open", "create", "read",  "write", "ftruncate", "fsync",
                                        "rename", "unlink", "link", "mkdir", "rmdir", "close" };
enum act { NONE, FAIL, KILL, KILL_AFTER, SHORT, HANG, RECORD };

/* libuv closes through syscall(2), so that is hooked too; our own calls must get past the hook. */
static long (*real_syscall)(long, ...);
static void resolve(void) {
  if (!real_syscall) *(void **)&real_syscall = dlsym(RTLD_NEXT, "syscall");
}
#define sys(...) (resolve(), real_syscall(__VA_ARGS__))

static char root[4096];
static size_t root_length;
static const char *match;
static unsigned wanted;
static long at;
static int forever, action = NONE, error_number, log_fd = -1;
static long count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const struct { const char *name; int number; } errors[] = {
  { "ENOSPC", ENOSPC }, { "EIO", EIO }, { "EROFS", EROFS }, { "EACCES", EACCES }, { "EPERM", EPERM },
  { "EDQUOT", EDQUOT }, { "EFBIG", EFBIG }, { "EBUSY", EBUSY }, { "EXDEV", EXDEV }, { "ENOTSUP", ENOTSUP },
  { "ENOENT", ENOENT }, { "EEXIST", EEXIST }, { "EINTR", EINTR }, { "ESTALE", ESTALE }, { "EMFILE", EMFILE },
  { "ENOTDIR", ENOTDIR }, { "EINVAL", EINVAL }, { "ENOMEM", ENOMEM }, { "EAGAIN", EAGAIN },
};

static void die(const char *what) {
  dprintf(2, "inject: %s\n", what);
  _exit(99);
}

static unsigned classes(const char *list) {
  unsigned mask = 0;
  char copy[256], *rest = NULL;
  snprintf(copy, sizeof copy, "%s", list);
  for (char *word = strtok_r(copy, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
    unsigned found = 0;
    for (int op = 0; op < OPS; op++)
      if (!strcmp(word, names[op])) found = 1u << op;
    if (!strcmp(word, "mutating")) found = ((1u << OPS) - 1) & ~(1u << OPEN | 1u << READ | 1u << CLOSE);
    if (!strcmp(word, "any")) found = ((1u << OPS) - 1) & ~(1u << READ);
    if (!found) die("unknown class in INJ_OP");
    mask |= found;
  }
  return mask;
}

__attribute__((constructor)) static void begin(void) {
  const char *act = getenv("INJ_ACT"), *where = getenv("INJ_ROOT"), *log = getenv("INJ_LOG");
  if (!act || !where || !log) return;
  root_length = (size_t)snprintf(root, sizeof root, "%s", where);
  const char *nth = getenv("INJ_AT"), *ops = getenv("INJ_OP");
  match = getenv("INJ_MATCH");
  at = nth ? atol(nth) : 1;
  forever = getenv("INJ_FOREVER") != NULL;
  wanted = classes(ops ? ops : "mutating");
  if (!strncmp(act, "errno:", 6)) {
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
      if (!strcmp(act + 6, errors[i].name)) error_number = errors[i].number;
    if (!error_number) die("unknown errno in INJ_ACT");
    action = FAIL;
  } else if (!strcmp(act, "kill")) action = KILL;
  else if (!strcmp(act, "kill-after")) action = KILL_AFTER;
  else if (!strcmp(act, "short")) action = SHORT;
  else if (!strcmp(act, "hang")) action = HANG;
  else if (!strcmp(act, "record")) action = RECORD;
  else die("unknown INJ_ACT");
  log_fd = (int)sys(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (log_fd < 0) die("cannot open INJ_LOG");
}

/* Absolute path of `path` at `dirfd`, without resolving links. */
static const char *absolute(int dirfd, const char *path, char *out, size_t size) {
  if (!path) return NULL;
  if (path[0] == '/') return path;
  char base[4096], link[64];
  if (dirfd == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
  else snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd);
  long length = sys(SYS_readlinkat, AT_FDCWD, link, base, sizeof base - 1);
  if (length < 0) return NULL;
  base[length] = 0;
  snprintf(out, size, "%s/%s", base, path);
  return out;
}

static const char *path_of(int fd, char *out, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  long length = sys(SYS_readlinkat, AT_FDCWD, link, out, size - 1);
  if (length < 0) return NULL;
  out[length] = 0;
  return out;
}

static int concerns(const char *path) {
  return path && !strncmp(path, root, root_length) && (path[root_length] == '/' || path[root_length] == 0);
}

static void write_fully(const void *data, size_t length) {
  for (const char *next = data; length > 0;) {
    long written = sys(SYS_write, log_fd, next, length);
    if (written <= 0) die("cannot write INJ_LOG");
    next += written;
    length -= (size_t)written;
  }
}

/* `R <pid> <op> <ino> <a> <b> <len> <len> <len>\n`, then path, second path and data, then `\n`. Called with the lock held. */
static void record(const char *op, unsigned long ino, long a, long b, const char *path, const char *second,
                   const void *data, size_t length) {
  char head[256];
  size_t first = path ? strlen(path) : 0, other = second ? strlen(second) : 0;
  int size = snprintf(head, sizeof head, "R %d %s %lu %ld %ld %zu %zu %zu\n", (int)getpid(), op, ino, a, b, first,
                      other, length);
  write_fully(head, (size_t)size);
  write_fully(path, first);
  write_fully(second, other);
  write_fully(data, length);
  write_fully("\n", 1);
}

/* What to do with this call: 0 go on, -1 fail with errno set. `*after` asks to be killed once the call is done. */
static int arrive(enum op op, const char *function, const char *path, int *after, int *shorten) {
  if (action == NONE || action == RECORD || !concerns(path)) return 0;
  unsigned classes_of = 1u << op | (op == CREATE ? 1u << OPEN : 0);
  if (!(wanted & classes_of) || (match && !strstr(path, match))) return 0;
  long n = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
  if (forever ? n < at : n != at) return 0;
  if (action == SHORT && op != WRITE) return 0;
  char line[5000];
  int size = snprintf(line, sizeof line, "F %d %ld %s %s %s\n", (int)getpid(), n, names[op], function, path);
  write_fully(line, (size_t)size);
  switch (action) {
    case FAIL: errno = error_number; return -1;
    case KILL: kill(getpid(), SIGKILL); for (;;) pause();
    case KILL_AFTER: *after = 1; return 0;
    case SHORT: *shorten = 1; return 0;
    case HANG: for (;;) pause();
    default: return 0;
  }
}

static void leave(int after) {
  if (!after) return;
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* In record mode operations follow one another, also between processes, so that the log has their true order. */
static void begin_record(void) {
  pthread_mutex_lock(&lock);
  flock(log_fd, LOCK_EX);
}
static void end_record(void) {
  int kept = errno;
  flock(log_fd, LOCK_UN);
  pthread_mutex_unlock(&lock);
  errno = kept;
}


/* One path operation: `call` is done between arriving and leaving, `log` tells what to record of a success. */
#define AROUND(op, function, path, call, log)                                     \
  do {                                                                            \
    int after = 0, shorten = 0;                                                   \
    if (arrive(op, function, path, &after, &shorten) < 0) return -1;              \
    (void)shorten;                                                                \
    int recording = action == RECORD && concerns(path);                           \
    if (recording) begin_record();                                                \
    result = call;                                                                \
    if (recording) {                                                              \
      if (result >= 0) { log; }                                                   \
      end_record();                                                               \
    }                                                                             \
    leave(after);                                                                 \
  } while (0)

static int do_open(int dirfd, const char *path, int flags, mode_t mode, const char *function) {
  char buffer[8192];
  struct stat before, now;
  const char *full = action == NONE ? NULL : absolute(dirfd, path, buffer, sizeof buffer);
  int existed = 1, result;
  if (concerns(full) && (flags & (O_CREAT | O_TRUNC)))
    existed = sys(SYS_newfstatat, dirfd, path, &before, AT_SYMLINK_NOFOLLOW) == 0;
  enum op op = (flags & O_CREAT && !existed) || flags & O_TRUNC ? CREATE : OPEN;
  AROUND(op, function, full, (int)sys(SYS_openat, dirfd, path, flags, mode), {
    fstat(result, &now);
    if (!existed) record("create", now.st_ino, now.st_mode & 07777, 0, full, NULL, NULL, 0);
    else if (flags & O_TRUNC) record("truncate", now.st_ino, 0, 0, full, NULL, NULL, 0);
  });
  return result;
}

#define OPEN_MODE                                                                 \
  mode_t mode = 0;                                                                \
  if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) {                      \
    va_list rest;                                                                 \
    va_start(rest, flags);                                                        \
    mode = va_arg(rest, mode_t);                                                  \
    va_end(rest);                                                                 \
  }
int open(const char *path, int flags, ...) { OPEN_MODE return do_open(AT_FDCWD, path, flags, mode, "open"); }
int open64(const char *path, int flags, ...) { OPEN_MODE return do_open(AT_FDCWD, path, flags, mode, "open64"); }
int openat(int fd, const char *path, int flags, ...) { OPEN_MODE return do_open(fd, path, flags, mode, "openat"); }
int openat64(int fd, const char *path, int flags, ...) { OPEN_MODE return do_open(fd, path, flags, mode, "openat64"); }

/* Offset at which `length` bytes just written begin: given, or where the file's own position stood before. */
static long start_of(int fd, long offset, long length) {
  return offset >= 0 ? offset : (long)sys(SYS_lseek, fd, 0, SEEK_CUR) - length;
}

static ssize_t do_write(int fd, const struct iovec *parts, int parts_count, long offset, const char *function) {
  char buffer[8192];
  const char *path = action == NONE ? NULL : path_of(fd, buffer, sizeof buffer);
  struct iovec half;
  int after = 0, shorten = 0;
  if (arrive(WRITE, function, path, &after, &shorten) < 0) return -1;
  if (shorten) {
    half = parts[0];
    half.iov_len = half.iov_len > 1 ? half.iov_len / 2 : half.iov_len;
    parts = &half;
    parts_count = 1;
  }
  int recording = action == RECORD && concerns(path);
  if (recording) begin_record();
  long low = offset < 0 ? 0 : offset;
  ssize_t result = offset < 0 ? sys(SYS_writev, fd, parts, parts_count)
                              : sys(SYS_pwritev, fd, parts, parts_count, low, 0L);
  if (recording) {
    long position = start_of(fd, offset, result);
    size_t left = result > 0 ? (size_t)result : 0;
    struct stat now;
    fstat(fd, &now);
    for (int i = 0; i < parts_count && left > 0; i++) {
      size_t length = parts[i].iov_len < left ? parts[i].iov_len : left;
      record("write", now.st_ino, position, 0, path, NULL, parts[i].iov_base, length);
      position += (long)length;
      left -= length;
    }
    end_record();
  }
  leave(after);
  return result;
}
static ssize_t write_one(int fd, const void *data, size_t length, long offset, const char *function) {
  struct iovec part = { (void *)data, length };
  return do_write(fd, &part, 1, offset, function);
}
ssize_t write(int fd, const void *data, size_t length) { return write_one(fd, data, length, -1, "write"); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
  return write_one(fd, data, length, offset, "pwrite");
}
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
  return write_one(fd, data, length, offset, "pwrite64");
}
ssize_t writev(int fd, const struct iovec *parts, int n) { return do_write(fd, parts, n, -1, "writev"); }
ssize_t pwritev(int fd, const struct iovec *parts, int n, off_t offset) {
  return do_write(fd, parts, n, offset, "pwritev");
}
ssize_t pwritev64(int fd, const struct iovec *parts, int n, off64_t offset) {
  return do_write(fd, parts, n, offset, "pwritev64");
}

static ssize_t before_read(int fd, const char *function) {
  char buffer[8192];
  int after = 0, shorten = 0;
  if (!(wanted & 1u << READ)) return 0;
  return arrive(READ, function, path_of(fd, buffer, sizeof buffer), &after, &shorten);
}
ssize_t read(int fd, void *data, size_t length) {
  return before_read(fd, "read") < 0 ? -1 : sys(SYS_read, fd, data, length);
}
ssize_t pread64(int fd, void *data, size_t length, off64_t offset) {
  return before_read(fd, "pread64") < 0 ? -1 : sys(SYS_pread64, fd, data, length, offset);
}
ssize_t pread(int fd, void *data, size_t length, off_t offset) {
  return before_read(fd, "pread") < 0 ? -1 : sys(SYS_pread64, fd, data, length, offset);
}
ssize_t readv(int fd, const struct iovec *parts, int n) {
  return before_read(fd, "readv") < 0 ? -1 : sys(SYS_readv, fd, parts, n);
}
ssize_t preadv64(int fd, const struct iovec *parts, int n, off64_t offset) {
  return before_read(fd, "preadv64") < 0 ? -1 : sys(SYS_preadv, fd, parts, n, offset, 0L);
}
ssize_t preadv(int fd, const struct iovec *parts, int n, off_t offset) {
  return before_read(fd, "preadv") < 0 ? -1 : sys(SYS_preadv, fd, parts, n, offset, 0L);
}

static unsigned long ino_of(int fd) {
  struct stat now;
  return fstat(fd, &now) == 0 ? now.st_ino : 0;
}
static unsigned long ino_at(int dirfd, const char *path) {
  struct stat now;
  return sys(SYS_newfstatat, dirfd, path, &now, AT_SYMLINK_NOFOLLOW) == 0 ? now.st_ino : 0;
}

#define ON_FD(op, function, call, log)                                            \
  char buffer[8192];                                                              \
  const char *path = action == NONE ? NULL : path_of(fd, buffer, sizeof buffer);  \
  int result;                                                                     \
  AROUND(op, function, path, call, log);                                          \
  return result
int ftruncate(int fd, off_t length) {
  ON_FD(FTRUNCATE, "ftruncate", (int)sys(SYS_ftruncate, fd, length),
        record("truncate", ino_of(fd), length, 0, path, NULL, NULL, 0));
}
int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }
int fsync(int fd) {
  ON_FD(FSYNC, "fsync", (int)sys(SYS_fsync, fd), record("fsync", ino_of(fd), 0, 0, path, NULL, NULL, 0));
}
int fdatasync(int fd) {
  ON_FD(FSYNC, "fdatasync", (int)sys(SYS_fdatasync, fd), record("fsync", ino_of(fd), 0, 0, path, NULL, NULL, 0));
}
int close(int fd) {
  char buffer[8192];
  int after = 0, shorten = 0;
  const char *path = action == NONE || !(wanted & 1u << CLOSE) ? NULL : path_of(fd, buffer, sizeof buffer);
  int failed = arrive(CLOSE, "close", path, &after, &shorten), kept = errno;
  int result = (int)sys(SYS_close, fd);
  leave(after);
  if (failed < 0) errno = kept;
  return failed < 0 ? -1 : result;
}

static int do_rename(int from_fd, const char *from, int to_fd, const char *to, unsigned flags, const char *function) {
  char first[8192], second[8192];
  const char *a = action == NONE ? NULL : absolute(from_fd, from, first, sizeof first);
  const char *b = action == NONE ? NULL : absolute(to_fd, to, second, sizeof second);
  int result;
  AROUND(RENAME, function, concerns(a) ? a : b, (int)sys(SYS_renameat2, from_fd, from, to_fd, to, flags),
         record("rename", 0, 0, 0, a, b, NULL, 0));
  return result;
}
int rename(const char *from, const char *to) { return do_rename(AT_FDCWD, from, AT_FDCWD, to, 0, "rename"); }
int renameat(int a, const char *from, int b, const char *to) { return do_rename(a, from, b, to, 0, "renameat"); }
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
  return do_rename(a, from, b, to, flags, "renameat2");
}

#define ON_PATH(op, function, dirfd, call, log)                                   \
  char buffer[8192];                                                              \
  const char *full = action == NONE ? NULL : absolute(dirfd, path, buffer, sizeof buffer); \
  int result;                                                                     \
  AROUND(op, function, full, call, log);                                          \
  return result
int unlink(const char *path) {
  ON_PATH(UNLINK, "unlink", AT_FDCWD, (int)sys(SYS_unlinkat, AT_FDCWD, path, 0),
          record("unlink", 0, 0, 0, full, NULL, NULL, 0));
}
int unlinkat(int fd, const char *path, int flags) {
  enum op op = flags & AT_REMOVEDIR ? RMDIR : UNLINK;
  ON_PATH(op, "unlinkat", fd, (int)sys(SYS_unlinkat, fd, path, flags),
          record(names[op], 0, 0, 0, full, NULL, NULL, 0));
}
int rmdir(const char *path) {
  ON_PATH(RMDIR, "rmdir", AT_FDCWD, (int)sys(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR),
          record("rmdir", 0, 0, 0, full, NULL, NULL, 0));
}
static int do_mkdir(int fd, const char *path, mode_t mode, const char *function) {
  ON_PATH(MKDIR, function, fd, (int)sys(SYS_mkdirat, fd, path, mode),
          record("mkdir", ino_at(fd, path), mode, 0, full, NULL, NULL, 0));
}
int mkdir(const char *path, mode_t mode) { return do_mkdir(AT_FDCWD, path, mode, "mkdir"); }
int mkdirat(int fd, const char *path, mode_t mode) { return do_mkdir(fd, path, mode, "mkdirat"); }
static int do_link(int a, const char *from, int b, const char *to, int flags, const char *function) {
  char first[8192], second[8192];
  const char *old = action == NONE ? NULL : absolute(a, from, first, sizeof first);
  const char *full = action == NONE ? NULL : absolute(b, to, second, sizeof second);
  int result;
  AROUND(LINK, function, full, (int)sys(SYS_linkat, a, from, b, to, flags),
         record("link", 0, 0, 0, old, full, NULL, 0));
  return result;
}
int link(const char *from, const char *to) { return do_link(AT_FDCWD, from, AT_FDCWD, to, 0, "link"); }
int linkat(int a, const char *from, int b, const char *to, int flags) {
  return do_link(a, from, b, to, flags, "linkat");
}

int symlink(const char *target, const char *path) {
  ON_PATH(CREATE, "symlink", AT_FDCWD, (int)sys(SYS_symlinkat, target, AT_FDCWD, path),
          record("symlink", ino_at(AT_FDCWD, path), 0, 0, full, target, NULL, 0));
}
int truncate(const char *path, off_t length) {
  ON_PATH(FTRUNCATE, "truncate", AT_FDCWD, (int)sys(SYS_truncate, path, length),
          record("truncate", ino_at(AT_FDCWD, path), length, 0, full, NULL, NULL, 0));
}
int truncate64(const char *path, off64_t length) { return truncate(path, length); }

/* Copies inside the kernel can be made to fail, but the recorder never sees their bytes: better no recording than a wrong one. */
static ssize_t before_copy(int to, const char *function) {
  char buffer[8192];
  int after = 0, shorten = 0;
  const char *path = action == NONE ? NULL : path_of(to, buffer, sizeof buffer);
  if (action == RECORD && concerns(path)) die("a copy inside the kernel cannot be recorded");
  return arrive(WRITE, function, path, &after, &shorten);
}
ssize_t sendfile(int to, int from, off_t *offset, size_t length) {
  return before_copy(to, "sendfile") < 0 ? -1 : sys(SYS_sendfile, to, from, offset, length);
}
ssize_t sendfile64(int to, int from, off64_t *offset, size_t length) {
  return before_copy(to, "sendfile64") < 0 ? -1 : sys(SYS_sendfile, to, from, offset, length);
}
ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t length, unsigned flags) {
  if (before_copy(to, "copy_file_range") < 0) return -1;
  return sys(SYS_copy_file_range, from, a, to, b, length, flags);
}
long syscall(long number, ...) {
  long v[6];
  va_list rest;
  va_start(rest, number);
  for (int i = 0; i < 6; i++) v[i] = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_close) return close((int)v[0]);
  if (number == SYS_copy_file_range && before_copy((int)v[2], "copy_file_range") < 0) return -1;
  return sys(number, v[0], v[1], v[2], v[3], v[4], v[5]);
}

/* A mark of the program under test: it asks whether `/.inject-mark/NAME` may be accessed. */
int access(const char *path, int mode) {
  static const char prefix[] = "/.inject-mark/";
  if (action == RECORD && !strncmp(path, prefix, sizeof prefix - 1)) {
    begin_record();
    record("mark", 0, 0, 0, path + sizeof prefix - 1, NULL, NULL, 0);
    end_record();
  }
  return (int)sys(SYS_faccessat, AT_FDCWD, path, mode);
}
