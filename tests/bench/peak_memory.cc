// peak_memory COMMAND...: runs the command and prints, on standard error, the most memory it had
// resident and how long it took: "123.4 MB 0.567 s". Its exit status is the command's.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "peak_memory COMMAND...\n");
    return 2;
  }
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    ::execvp(argv[1], argv + 1);
    std::perror(argv[1]);
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || ::wait4(child, &status, 0, &usage) < 0) return 1;
  const auto took = std::chrono::steady_clock::now() - begin;
  std::fprintf(stderr, "%.1f MB %.4f s\n", static_cast<double>(usage.ru_maxrss) * 1024 / 1e6,
               std::chrono::duration<double>(took).count());
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
