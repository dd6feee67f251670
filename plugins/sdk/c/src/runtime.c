// What the C library needs of a system, without one: a plugin imports the contract and no more.
#include "internal.h"

// wasi-libc's names for what it imports; a definition goes before an import.
enum { NOT_SUPPORTED = 52 };

#define IMPORTED(name) __imported_wasi_snapshot_preview1_##name

int IMPORTED(fd_write)(int fd, int vectors, int length, int written) {
  (void)fd, (void)vectors, (void)length, (void)written;
  return NOT_SUPPORTED;
}
int IMPORTED(fd_read)(int fd, int vectors, int length, int read) {
  (void)fd, (void)vectors, (void)length, (void)read;
  return NOT_SUPPORTED;
}
int IMPORTED(fd_close)(int fd) {
  (void)fd;
  return NOT_SUPPORTED;
}
int IMPORTED(fd_seek)(int fd, long long offset, int whence, int found) {
  (void)fd, (void)offset, (void)whence, (void)found;
  return NOT_SUPPORTED;
}
int IMPORTED(fd_fdstat_get)(int fd, int stat) {
  (void)fd, (void)stat;
  return NOT_SUPPORTED;
}
_Noreturn void IMPORTED(proc_exit)(int code) {
  mlhost_log(MLHOST_ERROR, "the plugin has ended itself with the code %d", code);
  __builtin_trap();
}

// An `assert` that fails says so in the log.
_Noreturn void __assert_fail(const char *expression, const char *file, int line,
                             const char *function) {
  mlhost_log(MLHOST_ERROR, "assertion failed: %s (%s:%d, in %s)", expression, file, line, function);
  __builtin_trap();
}
