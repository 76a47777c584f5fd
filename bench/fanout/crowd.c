// crowd: N long-lived listeners of one HTTP stream on the loopback. The kernel reads and discards the stream. It
// measures the server from outside: CPU time and memory from /proc, and the bytes received here.
//
//   crowd PORT[,PORT] PATH LISTENERS JOINS_PER_S WARM_S WINDOW_MS WINDOWS SERVER_PID[,PID]
//
// Built with -DTLS -lssl -lcrypto it can also do handshakes: with CROWD_TLS=1 each listener uses TLS 1.3 up to the head
// of the answer. The rest is counted and discarded without decryption.
//
// One JSON line per window. One process per 10,000 listeners; source addresses are spread over 127.0.x.y.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
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
#ifdef TLS
#include <openssl/ssl.h>
static SSL_CTX *context;
#endif

#define MAX_WORKERS 16
#define MAX_SERVERS 16
#define GAPS 8192 /* one per millisecond */

typedef struct {
  uint64_t joined, open, failed, lost, bytes, reads;
  uint32_t gap[GAPS], first[GAPS];
} Tally;
static struct {
  volatile int measuring, stop;
  Tally tally[MAX_WORKERS];
} *shared;

typedef struct {
  int fd, heard, tries;
  uint64_t since; /* connect, then the last arrival */
#ifdef TLS
  SSL *ssl; /* until it hears */
  int asked;
#endif
} Ear;

static uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
static void mark(uint32_t *histogram, uint64_t us) {
  uint64_t at = us / 1000;
  histogram[at < GAPS ? at : GAPS - 1]++;
}

static int poller, workers, ports[MAX_SERVERS], port_count, pids[MAX_SERVERS], pid_count;
static const char *path;
static Tally *mine;
static uint32_t serial;

static void join_stream(Ear *ear) {
  int one = 1;
  ear->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (ear->fd < 0) { perror("socket"); exit(1); }
  setsockopt(ear->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET, .sin_port = htons(ports[serial % port_count])};
  serial++;
  from.sin_addr.s_addr = htonl(0x7f000000u | ((serial / 200 % 50 + 1) << 8) | (serial % 200 + 1));
  to.sin_addr.s_addr = htonl(0x7f000001u);
  if (bind(ear->fd, (void *)&from, sizeof from)) { perror("bind"); exit(1); }
  ear->heard = 0;
  ear->since = now_us();
  if (connect(ear->fd, (void *)&to, sizeof to) && errno != EINPROGRESS) { perror("connect"); exit(1); }
  struct epoll_event e = {.events = EPOLLOUT | EPOLLIN | EPOLLET, .data.ptr = ear};
  epoll_ctl(poller, EPOLL_CTL_ADD, ear->fd, &e);
}
static void lost(Ear *ear) {
#ifdef TLS
  SSL_free(ear->ssl);
  ear->ssl = NULL;
#endif
  close(ear->fd);
  ear->fd = -1;
  mine->lost++;
  if (ear->heard) mine->open--;
  if (++ear->tries <= 20 && !shared->measuring) join_stream(ear);
  else mine->failed++;
}
#ifdef TLS
static char request[512];
static int request_length;
/* Does the handshake, sends the request and reads the head of the answer. True when the head is complete. */
static int greet(Ear *ear) {
  char head[16384];
  if (!ear->ssl) {
    ear->ssl = SSL_new(context);
    SSL_set_fd(ear->ssl, ear->fd);
    ear->asked = 0;
  }
  if (!ear->asked) {
    int done = SSL_connect(ear->ssl);
    if (done != 1) {
      int why = SSL_get_error(ear->ssl, done);
      if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) lost(ear);
      return 0;
    }
    if (SSL_write(ear->ssl, request, request_length) != request_length) { lost(ear); return 0; }
    ear->asked = 1;
  }
  int n = SSL_read(ear->ssl, head, sizeof head);
  if (n <= 0) {
    int why = SSL_get_error(ear->ssl, n);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) lost(ear);
    return 0;
  }
  if (!memmem(head, n < 20 ? n : 20, " 200", 4)) { lost(ear); return 0; }
  SSL_set_quiet_shutdown(ear->ssl, 1);
  SSL_free(ear->ssl);
  ear->ssl = NULL;
  uint64_t t = now_us();
  mine->joined++;
  mine->open++;
  mark(mine->first, t - ear->since);
  ear->heard = 1;
  ear->since = t;
  return 1;
}
#endif
static void hear(Ear *ear) {
  static char head[4096];
#ifdef TLS
  if (context && !ear->heard && !greet(ear)) return;
#endif
  for (;;) {
    ssize_t n = ear->heard ? recv(ear->fd, NULL, 1 << 20, MSG_TRUNC) : recv(ear->fd, head, sizeof head, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0 || (!ear->heard && !memmem(head, n < 20 ? n : 20, " 200", 4))) return lost(ear);
    uint64_t t = now_us();
    if (!ear->heard) {
      mine->joined++;
      mine->open++;
      mark(mine->first, t - ear->since);
    } else if (shared->measuring) {
      mine->bytes += n;
      mine->reads++;
      mark(mine->gap, t - ear->since);
    }
    ear->heard = 1;
    ear->since = t;
  }
}
static void work(int worker, int listeners, double rate) {
  mine = &shared->tally[worker];
  serial = worker * 5003; // coprime to the ports and addresses
  poller = epoll_create1(0);
  Ear *ears = calloc(listeners, sizeof *ears);
  struct epoll_event events[256];
  uint64_t began = now_us();
  int started = 0;
#ifndef TLS
  char request[512];
#endif
  int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: bench\r\nUser-Agent: crowd\r\n\r\n", path);
#ifdef TLS
  request_length = length;
#endif
  while (!shared->stop) {
    int due = (now_us() - began) * rate / 1e6;
    for (int k = 0; started < listeners && started < due && k < 64; k++) join_stream(&ears[started++]);
    int n = epoll_wait(poller, events, 256, started < listeners ? 1 : 20);
    for (int i = 0; i < n; i++) {
      Ear *ear = events[i].data.ptr;
      if (ear->fd < 0) continue;
      if (events[i].events & EPOLLOUT && !ear->heard) {
        struct epoll_event e = {.events = EPOLLIN | EPOLLET, .data.ptr = ear};
        epoll_ctl(poller, EPOLL_CTL_MOD, ear->fd, &e);
#ifdef TLS
        if (context) { greet(ear); continue; }
#endif
        if (send(ear->fd, request, length, MSG_NOSIGNAL) != length) { lost(ear); continue; }
      }
      if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) hear(ear);
    }
  }
  _exit(0);
}

static int numbers(char *text, int *out) {
  int n = 0;
  for (char *t = strtok(text, ","); t && n < MAX_SERVERS; t = strtok(NULL, ",")) out[n++] = atoi(t);
  return n;
}
static double process_cpu(int pid) {
  char name[64], line[1024];
  snprintf(name, sizeof name, "/proc/%d/stat", pid);
  FILE *f = fopen(name, "r");
  if (!f || !fgets(line, sizeof line, f)) return -1;
  fclose(f);
  unsigned long user, system;
  sscanf(strrchr(line, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
  return (double)(user + system) / sysconf(_SC_CLK_TCK);
}
static double process_kb(int pid) {
  char name[64], line[256];
  double kb = 0;
  snprintf(name, sizeof name, "/proc/%d/smaps_rollup", pid);
  FILE *f = fopen(name, "r");
  if (!f) return -1;
  while (fgets(line, sizeof line, f)) if (sscanf(line, "Rss: %lf", &kb) == 1) break;
  fclose(f);
  return kb;
}
static double server_cpu(void) {
  double sum = 0;
  for (int i = 0; i < pid_count; i++) sum += process_cpu(pids[i]);
  return sum;
}
static double server_kb(void) {
  double sum = 0;
  for (int i = 0; i < pid_count; i++) sum += process_kb(pids[i]);
  return sum;
}
static uint64_t total(size_t field) {
  uint64_t sum = 0;
  for (int w = 0; w < workers; w++) sum += *(uint64_t *)((char *)&shared->tally[w] + field);
  return sum;
}
#define TOTAL(field) total(offsetof(Tally, field))
/* The histograms of gaps at the beginning of the window. */
static uint32_t before[MAX_WORKERS][GAPS];
static uint32_t count_of(int first, int w, int i) {
  return first ? shared->tally[w].first[i] : shared->tally[w].gap[i] - before[w][i];
}
static int quantile(int first, double q) {
  uint64_t n = 0, seen = 0;
  for (int w = 0; w < workers; w++) for (int i = 0; i < GAPS; i++) n += count_of(first, w, i);
  for (int i = 0; i < GAPS; i++) {
    for (int w = 0; w < workers; w++) seen += count_of(first, w, i);
    if (seen >= q * n) return i;
  }
  return GAPS;
}

int main(int argc, char **argv) {
  if (argc != 9) { fprintf(stderr, "crowd PORT PATH LISTENERS JOINS_PER_S WARM_S WINDOW_MS WINDOWS SERVER_PID\n"); return 2; }
  port_count = numbers(argv[1], ports);
  pid_count = numbers(argv[8], pids);
  path = argv[2];
  int listeners = atoi(argv[3]), warm = atoi(argv[5]), window = atoi(argv[6]), windows = atoi(argv[7]);
  workers = listeners <= 20000 ? 2 : (listeners + 9999) / 10000;
  if (workers > MAX_WORKERS) workers = MAX_WORKERS;
  double rate = atof(argv[4]);
#ifdef TLS
  if (getenv("CROWD_TLS")) {
    context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    signal(SIGPIPE, SIG_IGN);
  }
#endif
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  double kb0 = server_kb(), cpu0 = server_cpu();
  pid_t kids[MAX_WORKERS];
  for (int w = 0; w < workers; w++) if (!(kids[w] = fork())) work(w, listeners / workers, rate / workers);
  uint64_t began = now_us(), last = 0, moved = began;
  while (TOTAL(joined) < (uint64_t)(listeners / workers * workers)) {
    if (TOTAL(joined) != last) { last = TOTAL(joined); moved = now_us(); }
    if (now_us() - moved > 20000000 || now_us() - began > 300000000) break;
    usleep(10000);
  }
  double join_s = (now_us() - began) / 1e6, join_cpu = server_cpu() - cpu0;
  sleep(warm);
  shared->measuring = 1;
  for (int i = 0; i < windows; i++) {
    uint64_t bytes = TOTAL(bytes), reads = TOTAL(reads), t = now_us();
    double cpu = server_cpu();
    for (int w = 0; w < workers; w++) memcpy(before[w], shared->tally[w].gap, sizeof before[w]);
    usleep(window * 1000);
    double s = (now_us() - t) / 1e6, used = server_cpu() - cpu, open = TOTAL(open);
    printf("{\"open\":%.0f,\"failed\":%lu,\"lost\":%lu,\"join_s\":%.2f,\"join_cpu_us\":%.1f,\"cpu_us_per_listener_s\":%.2f,\"cores\":%.3f,"
           "\"bytes_per_listener_s\":%.0f,\"reads_per_listener_s\":%.2f,\"gap_p50_ms\":%d,\"gap_p99_ms\":%d,"
           "\"first_p99_ms\":%d,\"rss_kb_per_listener\":%.2f}\n",
           open, (unsigned long)TOTAL(failed), (unsigned long)TOTAL(lost), join_s, join_cpu * 1e6 / listeners, used * 1e6 / (open * s), used / s,
           (TOTAL(bytes) - bytes) / (open * s), (TOTAL(reads) - reads) / (open * s), quantile(0, .5), quantile(0, .99),
           quantile(1, .99), (server_kb() - kb0) / open);
    fflush(stdout);
  }
  shared->stop = 1;
  for (int w = 0; w < workers; w++) { kill(kids[w], SIGTERM); waitpid(kids[w], NULL, 0); }
  return 0;
}
