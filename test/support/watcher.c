#include "test/support/watcher.h"

static void want(struct watcher *watcher, bool holds, const char *problem)
{
    if (!holds && watcher->problem == NULL)
        watcher->problem = problem;
}

static void look_at(struct watcher *watcher, const struct rexpand_text *text)
{
    want(watcher, text->bytes != NULL || text->length == 0, "bytes without a place");
    for (size_t i = 0; text->bytes != NULL && i < text->length; i++)
        watcher->sum += (unsigned char)text->bytes[i];
}

static void look_at_result(struct watcher *watcher, const struct rexpand_event *event)
{
    bool is_done = event->outcome == REXPAND_DONE;

    want(watcher, is_done == (event->message == NULL), "a message without a failure, or none with one");
    want(watcher, event->message == NULL || event->message[0] != '\0', "an empty message");
    want(watcher, is_done || event->value.bytes == NULL, "a failure with a value");
    want(watcher, !is_done || event->is_truth == (event->value.bytes == NULL), "neither value nor truth");
    want(watcher, event->seconds >= 0, "time went back");
}

static void look_at_lookup(struct watcher *watcher, const struct rexpand_lookup_report *lookup)
{
    want(watcher, lookup != NULL, "a lookup without its report");
    if (lookup == NULL)
        return;
    look_at(watcher, &lookup->key);
    look_at(watcher, &lookup->file);
    look_at(watcher, &lookup->options);
    look_at(watcher, &lookup->value);
    want(watcher, lookup->driver != NULL && lookup->driver[0] != '\0', "a lookup without a driver");
    want(watcher, lookup->is_found == (lookup->value.bytes != NULL), "a value that was not found");
    want(watcher, (lookup->outcome == REXPAND_DONE) == (lookup->message == NULL), "a lookup's message");
}

void watcher_observe(void *context, const struct rexpand_event *event)
{
    struct watcher *watcher = context;

    look_at(watcher, &event->name);
    look_at(watcher, &event->source);
    look_at(watcher, &event->item);
    look_at(watcher, &event->so_far);
    look_at(watcher, &event->value);
    look_at(watcher, &event->new_value);
    for (size_t i = 0; i < event->capture_count; i++)
        look_at(watcher, &event->captures[i]);
    switch (event->kind) {
    case REXPAND_EVENT_ENTER:
        want(watcher, event->depth == watcher->depth, "a part is entered at the wrong depth");
        watcher->depth++;
        watcher->entered++;
        break;
    case REXPAND_EVENT_SKIPPED:
        want(watcher, event->depth == watcher->depth, "a part is skipped at the wrong depth");
        watcher->skipped++;
        break;
    case REXPAND_EVENT_LEAVE:
        want(watcher, watcher->depth > 0 && event->depth == watcher->depth - 1, "the wrong part is left");
        watcher->depth--;
        watcher->left++;
        look_at_result(watcher, event);
        break;
    case REXPAND_EVENT_LOOKUP:
        watcher->lookups++;
        look_at_lookup(watcher, event->lookup);
        break;
    }
}
