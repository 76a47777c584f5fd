// limit: the cost of the same work in a C program, with one thread, epoll, one shared buffer, one send() per listener
// and period, spread over the period in 20 ms slices. It answers any request with the stream. It is not a usable
// server.
//
//   limit PORT PERIOD_MS BYTES
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 32768
static int ears[MOST], count;
static char sound[1 << 20];

static uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int main(int argc, char **argv) {
  if (argc != 4) { fprintf(stderr, "limit PORT PERIOD_MS BYTES\n"); return 2; }
  uint64_t period = atoll(argv[2]) * 1000;
  size_t bytes = atoll(argv[3]);
  if (bytes > sizeof sound) return 2;
  int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(0x7f000001u)};
  if (bind(door, (void *)&at, sizeof at) || listen(door, 4096)) { perror("listen"); return 1; }
  int poller = epoll_create1(0);
  struct epoll_event e = {.events = EPOLLIN, .data.fd = door}, events[256];
  epoll_ctl(poller, EPOLL_CTL_ADD, door, &e);
  static const char head[] = "HTTP/1.1 200 OK\r\ncontent-type: audio/mp4\r\nconnection: close\r\n\r\n";
  uint64_t turn = now_us();
  int served = 0;
  for (;;) {
    uint64_t into = now_us() - turn;
    int wait = (20000 - (int)(into % 20000)) / 1000 + 1;
    int n = epoll_wait(poller, events, 256, wait);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd == door) {
        for (int k = 0; k < 64; k++) {
          int ear = accept4(door, NULL, NULL, SOCK_NONBLOCK);
          if (ear < 0) break;
          struct epoll_event in = {.events = EPOLLIN, .data.fd = ear};
          epoll_ctl(poller, EPOLL_CTL_ADD, ear, &in);
        }
        continue;
      }
      char request[2048];
      if (recv(fd, request, sizeof request, 0) > 0) {
        if (count < MOST && send(fd, head, sizeof head - 1, MSG_NOSIGNAL) > 0) ears[count++] = fd;
        continue;
      }
      close(fd);
      for (int j = 0; j < count; j++) if (ears[j] == fd) { ears[j] = ears[--count]; break; }
    }
    into = now_us() - turn;
    uint64_t slices = into / 20000, all = period / 20000;
    int due = slices >= all ? count : (int)((uint64_t)count * slices / all);
    while (served < due) send(ears[served++], sound, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
    // Late by more than a period: the missed writes are skipped, or they would be sent in one cheap burst.
    if (into >= period) { turn += period * (into / period); served = 0; }
  }
}
