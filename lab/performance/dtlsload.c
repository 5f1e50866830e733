// Measures a CoAP server over DTLS 1.2 with a pre-shared key: handshakes, requests, memory for each association.
//
//   gcc -O2 -Wall -Wextra -o dtlsload dtlsload.c -lssl -lcrypto
//   ./dtlsload -p PORT -mode handshake -conc 64 -time 3 -warm 1 -pid PID
//   ./dtlsload -p PORT -mode get -clients 256 -time 3 -warm 1 -pid PID
//   ./dtlsload -p PORT -mode memory -clients 10000 -pid PID
//
// One thread; each client has a socket of its own on 127.0.0.1 and at most one request under way. Prints one line of
// JSON. CPU and memory are the server's, from /proc/PID. A client that hears nothing for two seconds counts as lost.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *identity = "trivet", *key = "0123456789abcdef", *path = "test", *mode = "get", *cipher = "PSK-AES128-CCM8";
static int port, clients = 256, conc = 64, server;
static double seconds = 3, warm = 1;

typedef struct {
  SSL *ssl;
  int fd, open;
  unsigned short mid;
  double since;
} Client;

static Client *all;
static SSL_CTX *context;
static int loop;
static long done, lost, failed, finished;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static double cpu(void) {
  char name[64], line[1024];
  long user = 0, system = 0;
  snprintf(name, sizeof name, "/proc/%d/stat", server);
  FILE *f = fopen(name, "r");
  if (f == NULL) return 0;
  if (fgets(line, sizeof line, f) != NULL) {
    char *after = strrchr(line, ')');
    if (after != NULL) sscanf(after + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &system);
  }
  fclose(f);
  return (double)(user + system) / sysconf(_SC_CLK_TCK);
}

static long memory(void) {
  char name[64], line[256];
  long kib = 0;
  snprintf(name, sizeof name, "/proc/%d/status", server);
  FILE *f = fopen(name, "r");
  if (f == NULL) return 0;
  while (fgets(line, sizeof line, f) != NULL)
    if (sscanf(line, "VmRSS: %ld", &kib) == 1) break;
  fclose(f);
  return kib;
}

static unsigned int psk(SSL *ssl, const char *hint, char *name, unsigned int name_max, unsigned char *out, unsigned int out_max) {
  (void)ssl, (void)hint;
  size_t n = strlen(key);
  if (n > out_max || strlen(identity) >= name_max) return 0;
  strcpy(name, identity);
  memcpy(out, key, n);
  return (unsigned int)n;
}

static void fatal(const char *what) {
  perror(what);
  ERR_print_errors_fp(stderr);
  exit(1);
}

static void begin(int i) {
  Client *c = &all[i];
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  c->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0) fatal("socket");
  BIO *bio = BIO_new_dgram(c->fd, BIO_NOCLOSE);
  BIO_ctrl(bio, BIO_CTRL_DGRAM_SET_CONNECTED, 0, &to);
  c->ssl = SSL_new(context);
  SSL_set_bio(c->ssl, bio, bio);
  SSL_set_connect_state(c->ssl);
  SSL_set_options(c->ssl, SSL_OP_NO_QUERY_MTU);
  DTLS_set_link_mtu(c->ssl, 1400);
  c->open = 0;
  c->since = now();
  struct epoll_event e = {.events = EPOLLIN, .data.u32 = i};
  if (epoll_ctl(loop, EPOLL_CTL_ADD, c->fd, &e) < 0) fatal("epoll_ctl");
}

static void end(Client *c) {
  SSL_shutdown(c->ssl);
  SSL_free(c->ssl);
  close(c->fd);
  c->ssl = NULL;
}

static void ask(Client *c) {
  unsigned char m[64] = {0x44, 0x01};
  size_t n = strlen(path);
  c->mid++;
  m[2] = c->mid >> 8, m[3] = c->mid & 0xff;
  memcpy(m + 4, &c->mid, 2);
  size_t at = 8;
  int number = 0;
  for (const char *p = path; *p != 0;) {
    size_t part = strcspn(p, "/");
    m[at++] = ((number == 0 ? 11 : 0) << 4) | (part < 13 ? part : 12);
    number = 11;
    memcpy(m + at, p, part);
    at += part;
    p += part + (p[part] == '/');
  }
  (void)n;
  c->since = now();
  SSL_write(c->ssl, m, (int)at);
}

/* 1 once the handshake is done, -1 where it failed. */
static int shake(Client *c) {
  int r = SSL_do_handshake(c->ssl);
  if (r == 1) {
    c->open = 1;
    return 1;
  }
  int e = SSL_get_error(c->ssl, r);
  ERR_clear_error();
  return e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

/* Goes on with a handshake, which may be through at once where the server is quick. */
static int advance(int which, int again) {
  Client *c = &all[which];
  for (;;) {
    int r = shake(c);
    if (r == 0) return 0;
    if (r < 0) failed++;
    else finished++;
    if (r > 0 && !again) return 1;
    end(c);
    begin(which);
  }
}

/* Answers that came. */
static int hear(Client *c) {
  unsigned char in[2048];
  int heard = 0, n;
  while ((n = SSL_read(c->ssl, in, sizeof in)) > 0) {
    if (n >= 4 && in[0] >> 4 == 6 && in[1] == 0x45 && (in[2] << 8 | in[3]) == c->mid) heard++;
    else if (n >= 4 && in[0] >> 4 == 6) failed++, heard++;
  }
  ERR_clear_error();
  return heard;
}

static void late(double t) {
  for (int i = 0; i < clients; i++) {
    Client *c = &all[i];
    if (c->ssl == NULL) continue;
    if (!c->open) {
      struct timeval left;
      if (DTLSv1_get_timeout(c->ssl, &left) && left.tv_sec == 0 && left.tv_usec == 0) DTLSv1_handle_timeout(c->ssl);
      if (t - c->since > 10) lost++, end(c), begin(i);
    } else if (t - c->since > 2 && strcmp(mode, "get") == 0) {
      lost++;
      ask(c);
    }
  }
}

int main(int argc, char **argv) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const char *o = argv[i], *v = argv[i + 1];
    if (!strcmp(o, "-p")) port = atoi(v);
    else if (!strcmp(o, "-mode")) mode = v;
    else if (!strcmp(o, "-path")) path = v;
    else if (!strcmp(o, "-clients")) clients = atoi(v);
    else if (!strcmp(o, "-conc")) conc = atoi(v);
    else if (!strcmp(o, "-time")) seconds = atof(v);
    else if (!strcmp(o, "-warm")) warm = atof(v);
    else if (!strcmp(o, "-pid")) server = atoi(v);
    else if (!strcmp(o, "-identity")) identity = v;
    else if (!strcmp(o, "-key")) key = v;
    else if (!strcmp(o, "-cipher")) cipher = v;
    else { fprintf(stderr, "unknown option %s\n", o); return 2; }
  }
  int handshakes = !strcmp(mode, "handshake"), holding = !strcmp(mode, "memory");
  if (handshakes) clients = conc;
  struct rlimit files = {1 << 16, 1 << 16};
  setrlimit(RLIMIT_NOFILE, &files);
  context = SSL_CTX_new(DTLS_client_method());
  SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context, DTLS1_2_VERSION);
  SSL_CTX_set_security_level(context, 0);
  if (!SSL_CTX_set_cipher_list(context, cipher)) fatal("cipher");
  SSL_CTX_set_psk_client_callback(context, psk);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  all = calloc(clients, sizeof *all);
  loop = epoll_create1(0);

  long before = memory();
  int started = 0, opened = 0;
  double t = now(), from = t + warm, until = from + seconds, ticked = t, cpu0 = cpu(), measured = t;
  int measuring = 0;
  if (holding) from = 0, until = t + 120;
  while (t < until && !(holding && opened == clients)) {
    while (started < clients && started - opened < conc) {
      begin(started++);
      if (advance(started - 1, handshakes)) {
        opened++;
        if (!holding) ask(&all[started - 1]);
      }
    }
    struct epoll_event events[256];
    int n = epoll_wait(loop, events, 256, 50);
    t = now();
    if (!measuring && t >= from && (holding || handshakes || opened == clients)) {
      measuring = 1, done = lost = failed = finished = 0, cpu0 = cpu(), measured = t;
      until = holding ? until : t + seconds;
    }
    for (int i = 0; i < n; i++) {
      int which = events[i].data.u32;
      Client *c = &all[which];
      if (!c->open) {
        if (advance(which, handshakes)) {
          opened++;
          if (!holding) ask(c);
        }
      } else if (hear(c) > 0) {
        done++;
        ask(c);
      }
    }
    if (t - ticked > 0.2) ticked = t, late(t);
  }
  double took = t - measured, used = cpu() - cpu0;
  long count = handshakes || holding ? finished : done;
  if (holding) {
    struct timespec pause = {2, 0};
    nanosleep(&pause, NULL);
  }
  printf("{\"mode\":\"%s\",\"clients\":%d,\"count\":%ld,\"rate\":%.0f,\"cpu_us\":%.2f,\"lost\":%ld,\"failed\":%ld,"
      "\"rss_kib_before\":%ld,\"rss_kib_after\":%ld}\n", mode, clients, count, count / took,
      count ? used * 1e6 / count : 0, lost, failed, before, memory());
  return 0;
}
