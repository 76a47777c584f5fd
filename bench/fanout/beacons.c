// beacons: N kept-alive connections, each of which sends its own requests from a file one after the other, the next as
// soon as the answer to the last has come.
//
//   beacons PORT CONNECTIONS FILE PER_CONNECTION SECONDS PID[,PID]
//     FILE: CONNECTIONS × PER_CONNECTION requests of the same length, those of the first connection first
//
// One JSON line: answers with 204, others, seconds, and the processor time of the processes PID for each.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  int fd, sent;
} Player;

static uint64_t clock_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
static double server(char *pids) {
  double sum = 0;
  char copy[256];
  snprintf(copy, sizeof copy, "%s", pids);
  for (char *pid = strtok(copy, ","); pid; pid = strtok(NULL, ",")) {
    char name[64], line[1024];
    snprintf(name, sizeof name, "/proc/%s/stat", pid);
    FILE *f = fopen(name, "r");
    if (!f) continue;
    unsigned long user = 0, system = 0;
    if (fgets(line, sizeof line, f))
      sscanf(strrchr(line, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    fclose(f);
    sum += (double)(user + system) / sysconf(_SC_CLK_TCK);
  }
  return sum;
}

int main(int argc, char **argv) {
  if (argc < 7) return 2;
  int port = atoi(argv[1]), count = atoi(argv[2]), each = atoi(argv[4]);
  double seconds = atof(argv[5]);
  int file = open(argv[3], O_RDONLY);
  struct stat about;
  if (file < 0 || fstat(file, &about)) return 2;
  size_t length = about.st_size / ((size_t)count * each);
  char *requests = mmap(NULL, about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (requests == MAP_FAILED) return 2;
  int poller = epoll_create1(0);
  Player *players = calloc(count, sizeof *players);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f000001u)};
  for (int i = 0; i < count; i++) {
    int one = 1;
    players[i].fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(players[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(players[i].fd, (void *)&to, sizeof to)) return 3;
    fcntl(players[i].fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = &players[i]};
    epoll_ctl(poller, EPOLL_CTL_ADD, players[i].fd, &e);
  }
  uint64_t good = 0, other = 0, done = 0;
  double used = server(argv[6]);
  uint64_t began = clock_us(), until = began + (uint64_t)(seconds * 1e6);
  for (int i = 0; i < count; i++) {
    if (send(players[i].fd, requests + (size_t)i * each * length, length, MSG_NOSIGNAL) != (ssize_t)length) return 4;
    players[i].sent = 1;
  }
  struct epoll_event events[256];
  char bytes[4096];
  while (done < (uint64_t)count && clock_us() < until) {
    int n = epoll_wait(poller, events, 256, 100);
    for (int k = 0; k < n; k++) {
      Player *p = events[k].data.ptr;
      ssize_t got = recv(p->fd, bytes, sizeof bytes, 0);
      if (got < 0 && errno == EAGAIN) continue;
      if (got <= 0) {
        fprintf(stderr, "beacons: a connection was closed\n");
        return 5;
      }
      if (memcmp(bytes, "HTTP/1.1 204", 12)) other++;
      else good++;
      if (p->sent == each) {
        done++;
        continue;
      }
      const char *next = requests + ((size_t)(p - players) * each + p->sent) * length;
      if (send(p->fd, next, length, MSG_NOSIGNAL) != (ssize_t)length) return 4;
      p->sent++;
    }
  }
  double took = (clock_us() - began) / 1e6;
  used = server(argv[6]) - used;
  printf("{\"answers\":%llu,\"others\":%llu,\"seconds\":%.3f,\"per_s\":%.0f,\"cpu_us\":%.2f,\"cores\":%.2f}\n",
         (unsigned long long)good, (unsigned long long)other, took, good / took, used * 1e6 / (good + other), used / took);
  return 0;
}
