#include "workloads.h"

#include "calls.h"
#include "commits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const instructions =
    "You are a careful member of a crew that writes sourced briefs about energy from the sea. Stay with what is "
    "asked, name your sources, and say so when you do not know. Answer in plain prose of at most one paragraph.";

static void begin_body(bytes *body, const char *role, const char *question) {
    body->count = 0;
    bytes_text(body, "{\"model\":\"bench\",\"max_completion_tokens\":2000,\"messages\":[{\"role\":\"system\",\"content\":\"");
    bytes_text(body, role);
    bytes_text(body, instructions);
    bytes_text(body, "\"},{\"role\":\"user\",\"content\":\"");
    bytes_text(body, question);
}

static void end_body(bytes *body) { bytes_text(body, "\"}]}"); }

static call *only_call(bool streams) {
    static call made[2];
    call *one = &made[streams];
    if (!one->handle) call_open(one, streams);
    return one;
}

// Three tasks one after another; each prompt carries the answer before it. `after` is called before the first call and
// behind each.
static void calls_in_sequence(int calls, void (*after)(int call)) {
    static bytes body;
    static bytes before;
    call *made = only_call(false);
    before.count = 0;
    if (after) after(0);
    for (int index = 0; index < calls; index++) {
        begin_body(&body, "Writer. ", "Write about the tides, going on from this: ");
        bytes_append(&body, before.start, before.count);
        end_body(&body);
        call_perform(made, "simple", &body);
        bytes text = call_string(made, "\"content\":");
        before.count = 0;
        bytes_append(&before, text.start, text.count);
        if (after) after(index + 1);
    }
}

static void sequence(int calls) { calls_in_sequence(calls, NULL); }

// The sizes are those of the events that crew records of this work: its creation and first intent, an answer and all
// that follows from it, and the end.
static void commit_step(int call) {
    static const int first[] = {1595, 186, 148, 421};
    static const int step[] = {851, 746, 190, 152, 421};
    static const int last[] = {852, 747, 124, 711};
    commits_begin();
    if (call == 0) commit(first, sizeof first / sizeof *first);
    else if (call < 3) commit(step, sizeof step / sizeof *step);
    else commit(last, sizeof last / sizeof *last);
}

static void durable_sequence(int calls) { calls_in_sequence(calls, commit_step); }

// Runs of a single call each, so many under way at any moment.
static void runs_at_once(int runs, int at_once) {
    call *calls = calloc((size_t)at_once, sizeof(call));
    if (!calls) exit(1);
    bytes body = {0};
    begin_body(&body, "Writer. ", "Write about the tides.");
    end_body(&body);
    int started = 0;
    for (; started < at_once && started < runs; started++) {
        call_open(&calls[started], false);
        call_start(&calls[started], "delay50", &body);
    }
    for (int done = 0; done < runs; done++) {
        call *made = call_finished();
        call_string(made, "\"content\":");
        if (started < runs) {
            call_start(made, "delay50", &body);
            started++;
        }
    }
    for (int index = 0; index < at_once && index < runs; index++) call_close(&calls[index]);
    free(calls);
    free(body.start);
}

static void many_runs(int runs) { runs_at_once(runs, 100); }

static void all_runs_at_once(int runs) { runs_at_once(runs, runs); }

static void stream(int paced) {
    static bytes body;
    call *made = only_call(true);
    begin_body(&body, "Writer. ", "Write about the tides.");
    bytes_text(&body, "\"}],\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
    call_perform(made, paced ? "stream2000-paced" : "stream2000-burst", &body);
    if (made->answer.count < 2000) {
        fprintf(stderr, "bench-baseline: the stream's text is too short\n");
        exit(1);
    }
}

// A conversation whose body only grows: each round appends the call and its result and shifts the tail.
static void tool_rounds(int rounds) {
    static const char tail[] =
        "],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"lookup\",\"description\":\"Looks a key up.\","
        "\"parameters\":{\"type\":\"object\",\"properties\":{\"key\":{\"type\":\"string\"}},\"required\":[\"key\"],"
        "\"additionalProperties\":false}}}]}";
    static bytes body;
    char scenario[32];
    snprintf(scenario, sizeof scenario, "tools/%d", rounds);
    call *made = only_call(false);
    begin_body(&body, "Researcher. ", "Look up every key, then write about the tides.\"}");
    for (int round = 0; round <= rounds; round++) {
        size_t history = body.count;
        bytes_text(&body, tail);
        call_perform(made, scenario, &body);
        body.count = history;
        if (round == rounds) break;
        bytes id = call_string(made, "\"tool_calls\":[{\"id\":");
        bytes arguments = call_string(made, "\"arguments\":");
        bytes_text(&body, ",{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"");
        bytes_append(&body, id.start, id.count);
        bytes_text(&body, "\",\"type\":\"function\",\"function\":{\"name\":\"lookup\",\"arguments\":\"");
        bytes_append(&body, arguments.start, arguments.count);
        bytes_text(&body, "\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"");
        bytes_append(&body, id.start, id.count);
        bytes_text(&body, "\",\"content\":\"High water at 04:12 and 16:37, 11.4 m and 11.1 m, by the port's table.\"}");
    }
    call_string(made, "\"content\":");
}

typedef struct {
    char *role;
    char *goal;
    char *tool_name;
    char *tool_schema;
    int calls_allowed;
} agent;

static char *formatted(const char *format, int number) {
    char text[192];
    snprintf(text, sizeof text, format, number);
    return strdup(text);
}

// Agents as plain structs that own their texts, all alive together, then freed.
static void agents(int count) {
    agent *made = calloc((size_t)count, sizeof(agent));
    if (!made) exit(1);
    for (int index = 0; index < count; index++) {
        made[index] = (agent){
            .role = formatted("Researcher %d", index),
            .goal = formatted("Find verifiable facts about bay %d", index),
            .tool_name = formatted("lookup_%d", index),
            .tool_schema = formatted("{\"type\":\"object\",\"properties\":{\"key%d\":{\"type\":\"string\"}}}", index),
            .calls_allowed = 20,
        };
    }
    for (int index = 0; index < count; index++) {
        free(made[index].role);
        free(made[index].goal);
        free(made[index].tool_name);
        free(made[index].tool_schema);
    }
    free(made);
}

// A coordinator and its agents in turn: the coordinator's prompt carries every result so far.
static void coordinator(int delegations) {
    static bytes board;
    static bytes body;
    call *made = only_call(false);
    board.count = 0;
    for (int index = 0; index <= delegations; index++) {
        begin_body(&body, "Coordinator. ", "Goal: a brief on tidal power. Results so far: ");
        bytes_append(&body, board.start, board.count);
        end_body(&body);
        call_perform(made, "script/coordinator", &body);
        bytes instruction = call_string(made, "\"content\":");
        if (index == delegations) break;
        begin_body(&body, "Agent. ", "Your assignment: ");
        bytes_append(&body, instruction.start, instruction.count);
        end_body(&body);
        call_perform(made, "script/coordinator", &body);
        bytes result = call_string(made, "\"content\":");
        bytes_append(&board, result.start, result.count);
        bytes_text(&board, " ");
    }
}

const workload workloads[] = {
    {"w1", sequence, 3, 200, 5},
    {"w1-durable", durable_sequence, 3, 100, 5},
    {"w2", many_runs, 1000, 1, 0},
    {"w3-burst", stream, false, 20, 1},
    {"w3-paced", stream, true, 3, 1},
    {"w4-50", tool_rounds, 50, 20, 1},
    {"w4-100", tool_rounds, 100, 10, 1},
    {"w4-200", tool_rounds, 200, 5, 1},
    {"w5", sequence, 1, 1, 0},
    {"w6", agents, 10000, 5, 0},
    {"w7", coordinator, 6, 20, 1},
    {"w8", all_runs_at_once, 10000, 1, 0},
};
const int workload_count = sizeof workloads / sizeof workloads[0];
