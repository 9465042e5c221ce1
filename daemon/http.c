/*
 * Three pages for machines that watch: figures, alive, ready.
 *
 * Runs on the main thread's event base, never on a loop's, so that a scrape delays no check. It
 * takes GET alone, no body, short headers, five seconds; it binds to loopback and to nothing else,
 * since it asks nobody who they are.
 */
#include "http.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "metrics.h"

#define HTTP_HEADERS_MAX 8192
#define HTTP_SECONDS	 5

struct http {
	struct evhttp *server;
	const struct health *health;
};

static void
http_send(struct evhttp_request *request, int status, const char *reason, const char *type,
	  const char *bytes, size_t size)
{
	struct evbuffer *page = evbuffer_new();

	if (page == NULL || evbuffer_add(page, bytes, size) < 0) {
		evhttp_send_error(request, HTTP_SERVUNAVAIL, NULL);
	} else {
		struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
		evhttp_add_header(headers, "Content-Type", type);
		evhttp_add_header(headers, "Cache-Control", "no-store");
		evhttp_add_header(headers, "Connection", "close");
		evhttp_send_reply(request, status, reason, page);
	}
	if (page != NULL)
		evbuffer_free(page);
}

/* A page under the pen; NULL: no memory, and the peer has been told. */
struct http_page {
	char *bytes;
	size_t size;
	FILE *out;
};

static FILE *
http_begin(struct http_page *page, struct evhttp_request *request)
{
	*page = (struct http_page){0};
	page->out = open_memstream(&page->bytes, &page->size);
	if (page->out == NULL)
		evhttp_send_error(request, HTTP_SERVUNAVAIL, NULL);
	return page->out;
}

static void
http_end(struct http_page *page, struct evhttp_request *request, int status, const char *reason,
	 const char *type)
{
	bool failed = ferror(page->out) != 0;

	if (fclose(page->out) != 0 || failed)
		evhttp_send_error(request, HTTP_SERVUNAVAIL, NULL);
	else
		http_send(request, status, reason, type, page->bytes, page->size);
	free(page->bytes);
}

static void
http_on_metrics(struct evhttp_request *request, void *user)
{
	const struct http *http = user;
	struct http_page page;

	if (http_begin(&page, request) == NULL)
		return;
	metrics_write(http->health, page.out);
	http_end(&page, request, HTTP_OK, "OK", "text/plain; version=0.0.4; charset=utf-8");
}

static void
http_on_alive(struct evhttp_request *request, void *user)
{
	(void)user;
	http_send(request, HTTP_OK, "OK", "text/plain; charset=utf-8", "ok\n", 3);
}

/* All strings here are ours: none needs escaping. */
static void
http_write_ready(const struct health *health, const struct health_report *report, FILE *out)
{
	const char *opening = atomic_load(&health->opening);

	fprintf(out, "{\"ready\":%s,\"alarms\":[", report->ready ? "true" : "false");
	for (size_t i = 0; i < report->alarms_count; i++) {
		const struct health_alarm *alarm = &report->alarms[i];
		fprintf(out, "%s{\"name\":\"%s\",\"message\":\"%s\",\"message_zh\":\"%s\"}",
			i == 0 ? "" : ",", alarm->name, alarm->message, alarm->message_zh);
	}
	fprintf(out, "]");
	if (report->stage == HEALTH_STARTING)
		fprintf(out, ",\"opening\":{\"stage\":\"%s\",\"done\":%llu,\"of\":%llu}",
			opening == NULL ? "" : opening,
			(unsigned long long)atomic_load(&health->opening_done),
			(unsigned long long)atomic_load(&health->opening_of));
	else
		fprintf(out,
			",\"sequence\":%llu,\"verified_seq\":%llu,\"view_seq\":%llu,"
			"\"marked_seq\":%llu,\"mark_age_us\":%lld,\"disk_free_bytes\":%llu",
			(unsigned long long)report->store.sequence,
			(unsigned long long)report->store.verified_sequence,
			(unsigned long long)report->store.applied_sequence,
			(unsigned long long)report->store.marked_sequence,
			(long long)report->store.mark_age_us,
			(unsigned long long)report->disk_free);
	fprintf(out, "}\n");
}

static void
http_on_ready(struct evhttp_request *request, void *user)
{
	const struct http *http = user;
	struct health_report report;
	struct http_page page;

	if (http_begin(&page, request) == NULL)
		return;
	health_report(http->health, &report);
	http_write_ready(http->health, &report, page.out);
	http_end(&page, request, report.ready ? HTTP_OK : HTTP_SERVUNAVAIL,
		 report.ready ? "OK" : "Service Unavailable", "application/json");
}

static void
http_on_other(struct evhttp_request *request, void *user)
{
	static const char text[] = "there are /metrics, /healthz and /readyz\n";

	(void)user;
	http_send(request, HTTP_NOTFOUND, "Not Found", "text/plain; charset=utf-8", text,
		  sizeof(text) - 1);
}

/* Host and port; only what is loopback on every machine. */
static bool
http_parse(const char *address, char ret_host[64], uint16_t *ret_port)
{
	const char *colon = strrchr(address, ':');
	size_t size = colon == NULL ? 0 : (size_t)(colon - address);
	uint32_t port = 0;
	struct in_addr v4;
	struct in6_addr v6;

	if (size == 0 || size >= 64 || colon[1] == '\0')
		return false;
	for (const char *at = colon + 1; *at != '\0'; at++) {
		if (*at < '0' || *at > '9')
			return false;
		port = port * 10 + (uint32_t)(*at - '0');
		if (port > UINT16_MAX)
			return false;
	}
	if (address[0] == '[' && address[size - 1] == ']') {
		address++;
		size -= 2;
	}
	memcpy(ret_host, address, size);
	ret_host[size] = '\0';
	*ret_port = (uint16_t)port;
	if (strcmp(ret_host, "localhost") == 0)
		memcpy(ret_host, "127.0.0.1", sizeof("127.0.0.1"));
	if (inet_pton(AF_INET, ret_host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, ret_host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

int
http_new(struct event_base *base, const struct health *health, const char *address,
	 struct http **ret)
{
	char host[64];
	uint16_t port;

	if (!http_parse(address, host, &port))
		return -EINVAL;
	struct http *http = calloc(1, sizeof(*http));
	if (http == NULL)
		return -ENOMEM;
	http->health = health;
	http->server = evhttp_new(base);
	if (http->server == NULL) {
		http_free(http);
		return -ENOMEM;
	}
	evhttp_set_max_headers_size(http->server, HTTP_HEADERS_MAX);
	evhttp_set_max_body_size(http->server, 0);
	evhttp_set_timeout(http->server, HTTP_SECONDS);
	evhttp_set_allowed_methods(http->server, EVHTTP_REQ_GET);
	evhttp_set_cb(http->server, "/metrics", http_on_metrics, http);
	evhttp_set_cb(http->server, "/healthz", http_on_alive, http);
	evhttp_set_cb(http->server, "/readyz", http_on_ready, http);
	evhttp_set_gencb(http->server, http_on_other, http);
	struct evhttp_bound_socket *bound =
	    evhttp_bind_socket_with_handle(http->server, host, port);
	if (bound == NULL) {
		int failed = errno == 0 ? -EADDRNOTAVAIL : -errno;
		http_free(http);
		return failed;
	}
	*ret = http;
	return 0;
}

struct http *
http_free(struct http *http)
{
	if (http == NULL)
		return NULL;
	if (http->server != NULL)
		evhttp_free(http->server);
	free(http);
	return NULL;
}
