#include "scenario.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { most_sections = 16, most_answers = 256, most_recordings = 8, edge = 4096 };

static const char *const paragraph =
    "Tides are the slow rise and fall of the sea, drawn by the Moon and, less strongly, by the Sun. Twice in a "
    "little more than a day the water comes up the shore and goes back again; where a bay narrows, as at Fundy or "
    "in the Severn, the difference grows to more than ten metres. A barrage or a field of turbines turns some of "
    "that movement into electricity. The output is modest beside wind or sun, yet it is known years ahead to the "
    "minute, which is worth a great deal to those who must keep a grid in balance. Its price is still high, since "
    "salt water is hard on machines and good sites are few.";

typedef struct {
    char name[64];
    char *answers[most_answers];
    size_t count;
    size_t next;
} section;

static section sections[most_sections];
static size_t section_count;

static void refuse_script(const char *path, size_t line, const char *reason) {
    fprintf(stderr, "bench-server: %s:%zu: %s\n", path, line, reason);
    exit(2);
}

void load_script(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(2);
    }
    char *line = NULL;
    size_t capacity = 0;
    size_t number = 0;
    for (ssize_t count; (count = getline(&line, &capacity, file)) >= 0;) {
        number++;
        while (count > 0 && isspace((unsigned char)line[count - 1])) line[--count] = 0;
        if (count == 0 || line[0] == '#') continue;
        if (line[0] == '[' && line[count - 1] == ']') {
            if (section_count == most_sections) refuse_script(path, number, "too many sections");
            section *fresh = &sections[section_count++];
            snprintf(fresh->name, sizeof fresh->name, "%.*s", (int)count - 2, line + 1);
            continue;
        }
        if (section_count == 0) refuse_script(path, number, "an answer before the first [section]");
        section *current = &sections[section_count - 1];
        if (current->count == most_answers) refuse_script(path, number, "too many answers");
        current->answers[current->count++] = strdup(line);
    }
    free(line);
    fclose(file);
}

// Fields stand before or after the messages, which grow long and are not searched.
static bool asks_for(const char *body, size_t count, const char *field) {
    if (count <= 2 * edge) return find(body, count, field) != NULL;
    return find(body, edge, field) || find(body + count - edge, edge, field);
}

static bool is_true(const char *body, size_t count, const char *compact, const char *spaced) {
    return asks_for(body, count, compact) || asks_for(body, count, spaced);
}

// The number of the last tool call that has an answer: the last `call_N` of the body, sought from its end.
static int last_call(const char *body, size_t count) {
    static const char mark[] = "call_";
    size_t length = sizeof mark - 1;
    for (size_t at = count; at > length; at--) {
        const char *digit = body + at - 1;
        if (!isdigit((unsigned char)*digit) || memcmp(digit - length, mark, length) != 0) continue;
        int number = 0;
        for (; digit < body + count && isdigit((unsigned char)*digit); digit++) number = number * 10 + (*digit - '0');
        return number;
    }
    return 0;
}

static void say(const answer *said, const char *body, size_t count, bytes *out) {
    if (is_true(body, count, "\"stream\":true", "\"stream\": true")) {
        bool usage = is_true(body, count, "\"include_usage\":true", "\"include_usage\": true");
        append_stream(out, said, count, usage);
    } else {
        append_completion(out, said, count);
    }
}

static const recording *recorded(size_t chunks) {
    static recording made[most_recordings];
    static size_t lengths[most_recordings];
    for (size_t index = 0; index < most_recordings; index++) {
        if (lengths[index] == chunks) return &made[index];
        if (lengths[index]) continue;
        lengths[index] = chunks;
        made[index] = record_stream(chunks);
        return &made[index];
    }
    return NULL;
}

static bool next_scripted(const char *name, answer *said) {
    for (size_t index = 0; index < section_count; index++) {
        section *candidate = &sections[index];
        if (strcmp(candidate->name, name) != 0 || candidate->count == 0) continue;
        said->text = candidate->answers[candidate->next];
        candidate->next = (candidate->next + 1) % candidate->count;
        return true;
    }
    return false;
}

plan respond(const char *path, size_t path_count, const char *body, size_t body_count, bytes *out) {
    plan made = {0};
    char scenario[128] = "";
    const char *end = find(path, path_count, "/v1/chat/completions");
    if (!end || (size_t)(end - path) >= sizeof scenario) {
        append_error(out, 404, "no such path");
        return made;
    }
    memcpy(scenario, path, (size_t)(end - path));

    answer said = {.text = paragraph};
    int number = 0;
    char word[64] = "";
    char arguments[32];
    if (strcmp(scenario, "/simple") == 0) {
        say(&said, body, body_count, out);
    } else if (sscanf(scenario, "/delay%d", &number) == 1 && number >= 0) {
        made.delay = (uint64_t)number * 1000000;
        say(&said, body, body_count, out);
    } else if (sscanf(scenario, "/stream%d-%63s", &number, word) == 2 && number > 0) {
        made.recording = recorded((size_t)number);
        made.pace = strcmp(word, "paced") == 0 ? 100000 : 0;
        if (!made.recording) append_error(out, 400, "too many different lengths of streams");
    } else if (sscanf(scenario, "/tools/%d", &number) == 1) {
        int done = last_call(body, body_count);
        if (done < number) {
            snprintf(arguments, sizeof arguments, "{\"key\":\"k%d\"}", done + 1);
            said = (answer){.tool = "lookup", .arguments = arguments, .call = done + 1};
        }
        say(&said, body, body_count, out);
    } else if (sscanf(scenario, "/script/%63s", word) == 1 && next_scripted(word, &said)) {
        say(&said, body, body_count, out);
    } else {
        append_error(out, 404, "no such scenario");
    }
    return made;
}
