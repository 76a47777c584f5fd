// shakes: full TLS handshakes from one address at a fixed rate, whatever their result.
//
//   shakes PORT RATE SECONDS FROM
//
// Each is connect, handshake without a session, close; at most 1,024 at a time. Prints one JSON line: how many were
// started, completed, refused or given up after 5 s, and the duration of the completed ones.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 1024
#define PATIENCE_US 5000000
#define TIMES 6000 /* one per millisecond */

typedef struct {
  int fd;
  SSL *ssl;
  uint64_t since;
} Hand;

static Hand hands[MOST];
static uint32_t took[TIMES];
static uint64_t begun, done, refused, late, full;
static int poller;
static SSL_CTX *context;
static struct sockaddr_in from, to;

static uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
static void drop(Hand *h) {
  SSL_free(h->ssl);
  struct linger now = {.l_onoff = 1, .l_linger = 0};
  setsockopt(h->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close(h->fd);
  h->fd = -1;
  h->ssl = NULL;
}
static void begin(void) {
  Hand *h = NULL;
  for (int i = 0; i < MOST && !h; i++) if (hands[i].fd < 0) h = &hands[i];
  if (!h) { full++; return; }
  int one = 1;
  h->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (h->fd < 0) { full++; return; }
  setsockopt(h->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (bind(h->fd, (void *)&from, sizeof from) || (connect(h->fd, (void *)&to, sizeof to) && errno != EINPROGRESS)) {
    refused++;
    close(h->fd);
    h->fd = -1;
    return;
  }
  begun++;
  h->since = now_us();
  h->ssl = SSL_new(context);
  SSL_set_fd(h->ssl, h->fd);
  struct epoll_event e = {.events = EPOLLOUT | EPOLLIN | EPOLLET, .data.ptr = h};
  epoll_ctl(poller, EPOLL_CTL_ADD, h->fd, &e);
}
static void step(Hand *h) {
  if (h->fd < 0) return;
  int r = SSL_connect(h->ssl);
  if (r == 1) {
    uint64_t ms = (now_us() - h->since) / 1000;
    took[ms < TIMES ? ms : TIMES - 1]++;
    done++;
    return drop(h);
  }
  int why = SSL_get_error(h->ssl, r);
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return;
  refused++;
  drop(h);
}
int main(int count, char **words) {
  if (count < 5) return 1;
  uint64_t rate = atoi(words[2]), length = (uint64_t)atoi(words[3]) * 1000000;
  to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(atoi(words[1]))};
  to.sin_addr.s_addr = htonl(0x7f000001u);
  from = (struct sockaddr_in){.sin_family = AF_INET};
  inet_pton(AF_INET, words[4], &from.sin_addr);
  context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  poller = epoll_create1(0);
  for (int i = 0; i < MOST; i++) hands[i].fd = -1;
  uint64_t start = now_us(), asked = 0;
  for (uint64_t now = start; now - start < length; now = now_us()) {
    for (; asked < (now - start) * rate / 1000000; asked++) begin();
    struct epoll_event events[256];
    int n = epoll_wait(poller, events, 256, 1);
    for (int i = 0; i < n; i++) step(events[i].data.ptr);
    for (int i = 0; i < MOST; i++) if (hands[i].fd >= 0 && (int64_t)(now - hands[i].since) > PATIENCE_US) { late++; drop(&hands[i]); }
  }
  uint64_t seen = 0;
  int p50 = -1, p99 = -1;
  for (int i = 0; i < TIMES; i++) {
    seen += took[i];
    if (p50 < 0 && seen * 2 >= done && done) p50 = i;
    if (p99 < 0 && seen * 100 >= done * 99 && done) p99 = i;
  }
  printf("{\"asked\":%lu,\"begun\":%lu,\"done\":%lu,\"refused\":%lu,\"late\":%lu,\"full\":%lu,\"p50_ms\":%d,\"p99_ms\":%d}\n",
         asked, begun, done, refused, late, full, p50, p99);
  return 0;
}
