// joins: fresh connections to one HTTP stream on the loopback, each measured from connect to its first byte of sound.
//
//   joins PORT PATH PATTERN N SECONDS STAY SERVER_PID[,PID]
//
// PATTERN `closed`: N at a time, the next one when one is answered; `paced`: N per second, however long they take. STAY
// 1 keeps joined clients listening to the end. STAY 0 closes them by a reset as soon as they are answered with 200,
// which may be before their first sound. Prints one JSON line. The server's CPU time comes from /proc; source addresses
// are spread over 127.0.x.y.
//
// Built with -DTLS -lssl -lcrypto, each client does a TLS 1.3 handshake first, always a full one, because no session is
// kept. JOINS_GROUPS names the key exchange groups that the client offers (default: those of OpenSSL). The JSON line
// says what was agreed.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef TLS
#include <openssl/ssl.h>
#include <signal.h>
static SSL_CTX *context;
static uint64_t resumed;
static char agreed[96];
#endif

#define TIMES 20000 /* one per 100 µs, 2 s; then one for all that is later */
#define MAX_SERVERS 16

typedef struct {
  int fd, got;
  uint64_t since;
  char tail[4]; /* the last bytes seen of the head */
#ifdef TLS
  SSL *ssl;
  int asked;
#endif
} Guest;

static uint32_t first[TIMES + 1];
static uint64_t started, joined, failed, refused;
static int poller, port, closed, stay, length, pids[MAX_SERVERS], pid_count;
static char request[512];

static uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
static double server_cpu(void) {
  double sum = 0;
  for (int i = 0; i < pid_count; i++) {
    char name[64], line[1024];
    snprintf(name, sizeof name, "/proc/%d/stat", pids[i]);
    FILE *f = fopen(name, "r");
    if (!f || !fgets(line, sizeof line, f)) continue;
    fclose(f);
    unsigned long user, system;
    sscanf(strrchr(line, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    sum += (double)(user + system) / sysconf(_SC_CLK_TCK);
  }
  return sum;
}
static void come(Guest *g) {
  int one = 1;
  g->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (g->fd < 0) { failed++; return; }
  setsockopt(g->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET, .sin_port = htons(port)};
  started++;
  from.sin_addr.s_addr = htonl(0x7f000000u | ((started / 200 % 50 + 1) << 8) | (started % 200 + 1));
  to.sin_addr.s_addr = htonl(0x7f000001u);
  if (bind(g->fd, (void *)&from, sizeof from)) { perror("bind"); exit(1); }
  g->got = 0;
  memset(g->tail, 0, 4);
  g->since = now_us();
#ifdef TLS
  g->ssl = SSL_new(context);
  SSL_set_fd(g->ssl, g->fd);
  g->asked = 0;
#endif
  if (connect(g->fd, (void *)&to, sizeof to) && errno != EINPROGRESS) { perror("connect"); exit(1); }
  struct epoll_event e = {.events = EPOLLOUT | EPOLLIN | EPOLLET, .data.ptr = g};
  epoll_ctl(poller, EPOLL_CTL_ADD, g->fd, &e);
}
static void leave(Guest *g) {
#ifdef TLS
  SSL_free(g->ssl);
  g->ssl = NULL;
#endif
  struct linger now = {.l_onoff = 1};
  setsockopt(g->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close(g->fd);
  g->fd = -1;
}
/* True when bytes after the head have arrived. */
static int sounds(Guest *g, const char *bytes, ssize_t n) {
  for (ssize_t i = 0; i < n; i++) {
    if (!memcmp(g->tail, "\r\n\r\n", 4)) return 1;
    memmove(g->tail, g->tail + 1, 3);
    g->tail[3] = bytes[i];
  }
  return 0;
}
#ifdef TLS
/* Reads what was sent; until the handshake is done that goes on. Once a guest has heard, it reads and decrypts no more. */
static ssize_t receive(Guest *g, char *bytes, size_t room) {
  if (g->got == 2) return recv(g->fd, NULL, 1 << 20, MSG_TRUNC);
  int done = g->asked ? 1 : SSL_connect(g->ssl);
  if (done == 1 && !g->asked) {
    g->asked = 1;
    resumed += SSL_session_reused(g->ssl);
    if (!*agreed) snprintf(agreed, sizeof agreed, "%s %s", SSL_get_cipher_name(g->ssl), OBJ_nid2sn(SSL_get_negotiated_group(g->ssl)));
    done = SSL_write(g->ssl, request, length) == length ? 1 : -1;
  }
  if (done == 1) {
    done = SSL_read(g->ssl, bytes, room);
    if (done > 0) return done;
  }
  int why = SSL_get_error(g->ssl, done);
  errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? EAGAIN : EPROTO;
  return -1;
}
#else
static ssize_t receive(Guest *g, char *bytes, size_t room) {
  return g->got == 2 ? recv(g->fd, NULL, 1 << 20, MSG_TRUNC) : recv(g->fd, bytes, room, 0);
}
#endif
static void hear(Guest *g, int more) {
  static char bytes[16384];
  for (;;) {
    ssize_t n = receive(g, bytes, sizeof bytes);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0 || (g->got == 0 && !memmem(bytes, n < 20 ? n : 20, " 200", 4))) {
      if (g->got < 2) n > 0 ? refused++ : failed++;
      leave(g);
      break;
    }
    if (g->got == 2) continue;
    g->got = 1;
    if (stay && !sounds(g, bytes, n)) continue;
    g->got = 2;
    uint64_t at = (now_us() - g->since) / 100;
    first[at < TIMES ? at : TIMES]++;
    joined++;
    if (stay) continue;
    leave(g);
    break;
  }
  if (closed && more) come(g);
}
static double quantile(double q) {
  uint64_t seen = 0;
  for (int i = 0; i <= TIMES; i++) if ((seen += first[i]) >= q * joined) return i / 10.0;
  return -1;
}
int main(int argc, char **argv) {
  if (argc != 8) { fprintf(stderr, "joins PORT PATH closed|paced N SECONDS STAY SERVER_PID\n"); return 2; }
  port = atoi(argv[1]);
  closed = !strcmp(argv[3], "closed");
  int n = atoi(argv[4]), seconds = atoi(argv[5]);
  stay = atoi(argv[6]);
  for (char *t = strtok(argv[7], ","); t && pid_count < MAX_SERVERS; t = strtok(NULL, ",")) pids[pid_count++] = atoi(t);
  length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: bench\r\nUser-Agent: joins\r\n\r\n", argv[2]);
#ifdef TLS
  context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_quiet_shutdown(context, 1);
  if (getenv("JOINS_GROUPS") && SSL_CTX_set1_groups_list(context, getenv("JOINS_GROUPS")) != 1) { fprintf(stderr, "no such groups\n"); return 2; }
  signal(SIGPIPE, SIG_IGN);
#endif
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  poller = epoll_create1(0);
  int most = closed ? n : n * seconds + 1;
  Guest *guests = calloc(most, sizeof *guests);
  struct epoll_event events[512];
  double cpu = server_cpu();
  uint64_t began = now_us(), stop = began + seconds * 1000000ull, end = 0;
  uint64_t at_stop = 0;
  double cpu_stop = 0;
  int next = 0;
  if (closed) for (; next < n; next++) come(&guests[next]);
  for (;;) {
    uint64_t now = now_us();
    if (!end && now >= stop) {
      at_stop = joined;
      cpu_stop = server_cpu() - cpu;
      end = now + (closed ? 0 : 3000000);
    }
    if (end && (now >= end || (!closed && joined + failed + refused >= started))) break;
    if (!closed && !end) {
      int due = (now - began) * (double)n / 1e6;
      for (int k = 0; next < most && next < due && k < 64; k++) come(&guests[next++]);
    }
    int found = epoll_wait(poller, events, 512, closed ? 20 : 1);
    for (int i = 0; i < found; i++) {
      Guest *g = events[i].data.ptr;
      if (g->fd < 0) continue;
      if (events[i].events & EPOLLOUT && !g->got) {
        struct epoll_event e = {.events = EPOLLIN | EPOLLET, .data.ptr = g};
        epoll_ctl(poller, EPOLL_CTL_MOD, g->fd, &e);
#ifdef TLS
        hear(g, !end);
        continue;
#endif
        if (send(g->fd, request, length, MSG_NOSIGNAL) != length) { failed++; leave(g); if (closed && !end) come(g); continue; }
      }
      if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) hear(g, !end);
    }
  }
  double took = (stop - began) / 1e6;
  printf("{\"started\":%lu,\"joined\":%lu,\"failed\":%lu,\"refused\":%lu,\"joins_per_s\":%.0f,\"cpu_us_per_join\":%.1f,\"cpu\":%.3f,"
         "\"first_p50_ms\":%.1f,\"first_p99_ms\":%.1f,\"first_max_ms\":%.1f",
         started, joined, failed, refused, at_stop / took, at_stop ? cpu_stop * 1e6 / at_stop : 0, cpu_stop / took, quantile(.5), quantile(.99),
         quantile(1));
#ifdef TLS
  printf(",\"resumed\":%lu,\"agreed\":\"%s\"", resumed, agreed);
#endif
  printf("}\n");
  return 0;
}
