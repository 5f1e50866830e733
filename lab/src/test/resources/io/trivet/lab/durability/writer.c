/*
 * Writes numbered blocks into files below the directory it is started in, syncs some, says which, and dies by SIGKILL.
 *
 *   writer FILES BLOCKS
 *
 * File i has blocks of 1,536 bytes, all bytes of block b being 'a' + b % 26. It is synced after each odd block, its
 * directory once after the first sync. What is certain is said by a line "FILE BLOCKS" each.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

int main(int count, char **words) {
  if (count != 3) return 2;
  int files = atoi(words[1]), blocks = atoi(words[2]);
  int dir = open(".", O_RDONLY | O_DIRECTORY);
  int fds[64];
  char block[1536], name[32];
  for (int i = 0; i < files; i++) {
    snprintf(name, sizeof name, "new-%d", i);
    fds[i] = open(name, O_CREAT | O_WRONLY, 0600);
    if (fds[i] < 0) return 3;
  }
  for (int b = 0; b < blocks; b++) {
    for (int i = 0; i < files; i++) {
      memset(block, 'a' + b % 26, sizeof block);
      /* By turns as loggers and as databases do it. */
      ssize_t n = i % 2 ? pwrite(fds[i], block, sizeof block, (off_t)b * sizeof block)
                        : write(fds[i], block, sizeof block);
      if (n != sizeof block) return 4;
      if (b % 2 == 0) continue;
      if ((i % 3 ? fdatasync(fds[i]) : fsync(fds[i])) != 0) return 5;
      if (b == 1) {
        char kept[32];
        snprintf(name, sizeof name, "new-%d", i);
        snprintf(kept, sizeof kept, "file-%d", i);
        if (rename(name, kept) != 0 || fsync(dir) != 0) return 6;
      }
      printf("%d %d\n", i, b + 1);
      fflush(stdout);
    }
  }
  return raise(SIGKILL);
}
