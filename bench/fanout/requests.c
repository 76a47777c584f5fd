// requests: N kept-alive connections that request small files on the loopback, and their cost for the server.
//
//   requests paced PORT CONNECTIONS PERIOD_MS WINDOW_MS WINDOWS PID[,PID] PATH PATH
//     each connection sends one request per PERIOD, for the two paths in turn
//   requests block PORT CONNECTIONS ZERO_MS   WINDOW_MS WINDOWS PID[,PID] PLAYLIST PART
//     each connection requests the playlist of the next part (two %ld: segment and part), waits for it, fetches the
//     part (same two), and so on. A part is 640 ms, eight are a segment; part p is made ZERO + (p + 1) · 640 ms.
//     The measured time is the arrival of the playlist after that instant.
//
// One JSON line per window. Two processes share the work; source addresses are spread over 127.0.x.y.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORKERS 2
#define STEPS 40000 /* 0.1 ms each */
#define PART_MS 640
#define PARTS 8

typedef struct {
  uint64_t open, failed, answers, late;
  uint32_t wait[STEPS];
} Tally;
static struct {
  volatile int measuring, stop;
  Tally tally[WORKERS];
} *shared;

typedef struct {
  int fd, turn, busy;
  int64_t need; /* bytes of the answer still to come; -1 before its head */
  uint64_t asked;
  long part;
} Player;

static uint64_t clock_us(clockid_t which) {
  struct timespec t;
  clock_gettime(which, &t);
  return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
static int poller, port, blocking;
static const char *paths[2];
static Tally *mine;
static double zero_ms;

static long next_part(void) { return (long)((clock_us(CLOCK_REALTIME) / 1000.0 - zero_ms) / PART_MS); }

static void fail(Player *p, const char *why) {
  if (!mine->failed) fprintf(stderr, "requests: the first failure: %.200s\n", why);
  if (p->fd >= 0) close(p->fd);
  p->fd = -1;
  mine->open--;
  mine->failed++;
}
static void ask(Player *p) {
  char path[256], request[512];
  if (blocking) snprintf(path, sizeof path, paths[p->turn], p->part / PARTS, p->part % PARTS);
  else snprintf(path, sizeof path, "%s", paths[p->turn]);
  int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: bench\r\nUser-Agent: requests\r\n\r\n", path);
  p->need = -1;
  p->busy = 1;
  p->asked = clock_us(CLOCK_MONOTONIC);
  if (send(p->fd, request, n, MSG_NOSIGNAL) != n) fail(p, "cannot send");
}
static void mark(int64_t us) {
  if (!shared->measuring) return;
  if (us < 0) us = 0;
  mine->wait[us / 100 < STEPS ? us / 100 : STEPS - 1]++;
}
static void answered(Player *p) {
  if (shared->measuring) mine->answers++;
  p->busy = 0;
  if (!blocking) {
    mark(clock_us(CLOCK_MONOTONIC) - p->asked);
    p->turn ^= 1;
    return;
  }
  if (p->turn == 0) mark(clock_us(CLOCK_REALTIME) - (int64_t)((zero_ms + (p->part + 1.0) * PART_MS) * 1000));
  else {
    // As in players: one that is more than a segment behind continues at the live edge.
    p->part++;
    if (next_part() > p->part + PARTS) {
      p->part = next_part();
      mine->late++;
    }
  }
  p->turn ^= 1;
  ask(p);
}
static void hear(Player *p) {
  static char bytes[65536];
  for (;;) {
    ssize_t n = p->need < 0 ? recv(p->fd, bytes, sizeof bytes - 1, 0) : recv(p->fd, bytes, sizeof bytes, MSG_TRUNC);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) return fail(p, n < 0 ? strerror(errno) : "closed by the server");
    if (p->need < 0) {
      bytes[n] = 0;
      char *end = memmem(bytes, n, "\r\n\r\n", 4);
      if (!end || memcmp(bytes + 8, " 200", 4)) return fail(p, bytes);
      char *length = strcasestr(bytes, "\r\ncontent-length:");
      if (!length || length > end) return fail(p, bytes);
      p->need = atol(length + 17) - (n - (end + 4 - bytes));
    } else p->need -= n;
    if (p->need == 0) answered(p);
    if (p->fd < 0) return;
    if (p->need < -1) return fail(p, "more than was announced");
  }
}
static void work(int worker, int count, int period_ms) {
  mine = &shared->tally[worker];
  poller = epoll_create1(0);
  Player *players = calloc(count, sizeof *players);
  struct epoll_event events[256];
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f000001u)};
  for (int i = 0; i < count; i++) {
    Player *p = &players[i];
    int one = 1, serial = worker * 5003 + i;
    struct sockaddr_in from = {.sin_family = AF_INET};
    from.sin_addr.s_addr = htonl(0x7f000000u | ((serial / 200 % 50 + 1) << 8) | (serial % 200 + 1));
    p->fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(p->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (p->fd < 0 || bind(p->fd, (void *)&from, sizeof from) || connect(p->fd, (void *)&to, sizeof to)) {
      mine->failed++;
      if (p->fd >= 0) close(p->fd);
      p->fd = -1;
      continue;
    }
    fcntl(p->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN | EPOLLET, .data.ptr = p};
    epoll_ctl(poller, EPOLL_CTL_ADD, p->fd, &e);
    mine->open++;
    // Sends its request at once, as players do, because a server need not keep idle connections.
    p->part = next_part();
    ask(p);
    if (i % 20 == 19) {
      usleep(10000);
      int n = epoll_wait(poller, events, 256, 0);
      for (int k = 0; k < n; k++) if (((Player *)events[k].data.ptr)->fd >= 0) hear(events[k].data.ptr);
    }
  }
  uint64_t began = clock_us(CLOCK_MONOTONIC);
  long cycle = -1;
  int at = count;
  while (!shared->stop) {
    int n = epoll_wait(poller, events, 256, blocking ? 20 : 1);
    for (int i = 0; i < n; i++) if (((Player *)events[i].data.ptr)->fd >= 0) hear(events[i].data.ptr);
    if (blocking) continue;
    uint64_t now = clock_us(CLOCK_MONOTONIC) - began;
    int turned = (long)(now / (period_ms * 1000L)) != cycle;
    // The last ones of a cycle may become due in the next.
    int due = turned ? count : (double)(now % (period_ms * 1000L)) / (period_ms * 1000.0) * count;
    for (; at < due; at++) {
      Player *p = &players[at];
      if (p->fd < 0) continue;
      if (p->busy) mine->late++;
      else ask(p);
    }
    if (turned) {
      cycle = now / (period_ms * 1000L);
      at = 0;
    }
  }
  _exit(0);
}

static int pids[32], pid_count;
static double server(int memory) {
  double sum = 0;
  for (int i = 0; i < pid_count; i++) {
    char name[64], line[1024];
    snprintf(name, sizeof name, memory ? "/proc/%d/smaps_rollup" : "/proc/%d/stat", pids[i]);
    FILE *f = fopen(name, "r");
    if (!f) continue;
    double kb;
    unsigned long user, system;
    while (fgets(line, sizeof line, f)) {
      if (memory && sscanf(line, "Rss: %lf", &kb) == 1) sum += kb;
      if (!memory && sscanf(strrchr(line, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) == 2)
        sum += (double)(user + system) / sysconf(_SC_CLK_TCK);
      if (!memory) break;
    }
    fclose(f);
  }
  return sum;
}
static uint64_t total(size_t field) {
  uint64_t sum = 0;
  for (int w = 0; w < WORKERS; w++) sum += *(uint64_t *)((char *)&shared->tally[w] + field);
  return sum;
}
#define TOTAL(field) total(offsetof(Tally, field))
static double quantile(double q) {
  uint64_t n = 0, seen = 0;
  for (int w = 0; w < WORKERS; w++) for (int i = 0; i < STEPS; i++) n += shared->tally[w].wait[i];
  for (int i = 0; i < STEPS; i++) {
    for (int w = 0; w < WORKERS; w++) seen += shared->tally[w].wait[i];
    if (n > 0 && seen >= q * n) return i / 10.0;
  }
  return STEPS / 10.0;
}

int main(int argc, char **argv) {
  if (argc != 10) { fprintf(stderr, "requests paced|block PORT CONNECTIONS PERIOD_MS|ZERO_MS WINDOW_MS WINDOWS PIDS PATH PATH\n"); return 2; }
  blocking = !strcmp(argv[1], "block");
  port = atoi(argv[2]);
  int count = atoi(argv[3]), window = atoi(argv[5]), windows = atoi(argv[6]);
  zero_ms = atof(argv[4]);
  for (char *t = strtok(argv[7], ","); t && pid_count < 32; t = strtok(NULL, ",")) pids[pid_count++] = atoi(t);
  paths[0] = argv[8];
  paths[1] = argv[9];
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  double kb = server(1);
  pid_t kids[WORKERS];
  for (int w = 0; w < WORKERS; w++) if (!(kids[w] = fork())) work(w, count / WORKERS, blocking ? PART_MS : atoi(argv[4]));
  for (int i = 0; i < 6000 && TOTAL(open) + TOTAL(failed) < (uint64_t)(count / WORKERS * WORKERS); i++) usleep(10000);
  sleep(4);
  for (int i = 0; i < windows; i++) {
    for (int w = 0; w < WORKERS; w++) memset(shared->tally[w].wait, 0, sizeof shared->tally[w].wait);
    shared->measuring = 1;
    uint64_t answers = TOTAL(answers), late = TOTAL(late), t = clock_us(CLOCK_MONOTONIC);
    double cpu = server(0);
    usleep(window * 1000);
    double s = (clock_us(CLOCK_MONOTONIC) - t) / 1e6, used = server(0) - cpu, done = TOTAL(answers) - answers;
    shared->measuring = 0;
    printf("{\"open\":%lu,\"failed\":%lu,\"answers_per_s\":%.0f,\"late\":%lu,\"cpu_us_per_request\":%.2f,\"cores\":%.3f,"
           "\"wait_p50_ms\":%.1f,\"wait_p99_ms\":%.1f,\"wait_max_ms\":%.1f,\"rss_kb_per_connection\":%.2f}\n",
           (unsigned long)TOTAL(open), (unsigned long)TOTAL(failed), done / s, (unsigned long)(TOTAL(late) - late),
           done > 0 ? used * 1e6 / done : 0, used / s, quantile(.5), quantile(.99), quantile(1), (server(1) - kb) / count);
    fflush(stdout);
  }
  shared->stop = 1;
  for (int w = 0; w < WORKERS; w++) { kill(kids[w], SIGTERM); waitpid(kids[w], NULL, 0); }
  return 0;
}
