/// Words of other frameworks (CrewAI, AutoGen, LangGraph, OpenAI Agents), and what is written instead.
///
/// They are errors all the same; whoever moves over is told the right word and where it goes.
enum ForeignWord {
    /// What to write instead of a key.
    ///
    /// - Parameters:
    ///   - key: The unknown key.
    ///   - record: What it stands in, such as `agent`.
    static func advice(onKey key: String, in record: String) -> String? {
        let word = key.lowercased().replacing("-", with: "_")
        return (places[record]?[word] ?? anywhere[word])
    }

    /// What to write instead of a value.
    static func advice(onValue value: String, among words: [String]) -> String? {
        guard let right = patterns[value.lowercased().replacing("-", with: "_").replacing(" ", with: "_")],
            words.contains(right)
        else { return nil }
        return "that is `\(right)` here"
    }

    private static let patterns = [
        "hierarchical": "coordinator", "manager": "coordinator", "supervisor": "coordinator",
        "orchestrator": "coordinator",
        "selector": "coordinator", "selector_group_chat": "coordinator", "group_chat": "coordinator",
        "groupchat": "coordinator", "auto": "coordinator", "swarm": "coordinator", "handoff": "coordinator",
        "magentic": "coordinator", "magentic_one": "coordinator", "parallel": "concurrent", "async": "concurrent",
        "graph": "concurrent", "dag": "concurrent", "map_reduce": "concurrent", "round_robin": "sequential",
        "linear": "sequential", "pipeline": "sequential", "chain": "sequential",
    ]

    private static let conditions = "put conditions on the task's result: accept: [{assert: \"words(text) > 100\"}]"
    private static let needs = "the order follows from the tasks: each names under `needs` the tasks that it builds on"
    private static let schema = "write the shape of the task's result as a JSON Schema under its `output`"
    private static let models = "declare the model under `models`: models: {default: {model: gpt-5-mini}}"
    private static let coordinator = "let a model decide who is next: process: coordinator"
    private static let ends =
        "a run ends when every required task has an accepted result; bound it by `limits` and `max_instructions`"
    private static let asksNobody = "leave it out: a run asks nobody; a person reads the result and may run it again"
    private static let retries =
        "leave it out: failed calls are tried again, and what is not acceptable goes back to the model twice"
    private static let events = "leave it out: `crew run --output events` prints each event as a line of JSON"

    private static let ownAgents = "it goes to the agents of the crew itself"

    /// Wherever they stand.
    private static let anywhere = [
        "verbose":
            "leave it out: progress is shown anyway; `--quiet` hides it and `--output events` prints every event",
        "memory": "leave it out: a run keeps every result, and a task is given those that its `needs` name",
        "max_rpm": "say what the endpoint allows: models: {default: {rate: {requests: 60}}}",
        "step_callback": events, "task_callback": events, "callback": events, "callbacks": events,
        "function_calling_llm": "leave it out: an agent has one `model`, which calls its tools too",
        "manager_llm": "name the coordinator's model: process: {pattern: coordinator, model: NAME}",
        "manager_agent": "the coordinator is no agent; name its model: process: {pattern: coordinator, model: NAME}",
        "human_input": asksNobody, "human_input_mode": asksNobody, "interrupt_before": asksNobody,
        "interrupt_after": asksNobody,
        "guardrail": conditions, "guardrails": conditions, "output_guardrails": conditions,
        "input_guardrails": conditions,
        "output_json": schema, "output_pydantic": schema, "output_type": schema, "response_format": schema,
        "response_model": schema,
        "max_retry_limit": retries, "max_retries": retries, "guardrail_max_retries": retries,
        "max_consecutive_auto_reply": retries,
        "handoffs": coordinator, "handoff": coordinator, "speaker_selection_method": coordinator,
        "allowed_transitions": needs, "entry_point": needs, "finish_point": needs, "start": needs, "edges": needs,
        "conditional_edges": needs, "initial_agent": needs, "next": needs,
        "max_round":
            "say how many instructions the coordinator may issue: process: {pattern: coordinator, max_instructions: 20}",
        "max_rounds":
            "say how many instructions the coordinator may issue: process: {pattern: coordinator, max_instructions: 20}",
        "recursion_limit": "bound the run: limits: {calls: 40, time: 10m}",
        "termination": ends, "termination_condition": ends, "is_termination_msg": ends,
        "llm_config": models, "config_list": models,
        "embedder": "leave it out: there is no search by meaning",
        "knowledge": "give the agent a tool that reads a folder: tools: {notes: {builtin: files, folder: notes}}",
        "knowledge_sources":
            "give the agent a tool that reads a folder: tools: {notes: {builtin: files, folder: notes}}",
        "allow_code_execution": "leave it out: no tool runs code",
        "code_execution_config": "leave it out: no tool runs code",
        "output_file":
            "crew run FILE > brief.md; or let an agent write it with a tool: {builtin: files, folder: out, write: true}",
        "output_log_file": events,
    ]

    /// In one kind of mapping only.
    private static let places: [String: [String: String]] = [
        "crew file": [
            "description": "say what the crew is to reach as `goal`",
            "nodes": "the agents stand under `agents` and their work under `tasks`",
            "steps": "the steps are `tasks`", "workflow": "the steps are `tasks`, and `process` says who decides",
            "members": "they stand under `agents`", "team": "they stand under `agents`",
            "participants": "they stand under `agents`",
            "variables": "they are `inputs`", "vars": "they are `inputs`", "parameters": "they are `inputs`",
            "llm": models, "model": models, "planning": "a coordinator plans by itself: process: coordinator",
            "pattern": "write it as `process`", "max_instructions": "it goes into `process`",
            "cache": "it goes to the model: models: {default: {model: gpt-5-mini, cache: on}}",
            "version": "leave it out: a crew file has no version",
        ],
        "agent": [
            "backstory": "write it as `instructions`", "system_message": "write it as `instructions`",
            "system_prompt": "write it as `instructions`", "system_template": "write it as `instructions`",
            "prompt_template": "write it as `instructions`",
            "allow_delegation": "leave it out: only a coordinator delegates (process: coordinator)",
            "max_execution_time": "write it as limits: {time: 5m}", "name": "its name is the key under which it stands",
            "description": "say what it is as `role`, and what it is to reach as `goal`",
            "llm": "declare the model under `models` and name it here as `model`",
            "temperature": "it goes to the model: models: {default: {model: gpt-5-mini, temperature: 0.2}}",
            "max_tokens": "it goes to the model: models: {default: {model: gpt-5-mini, max_output: 2000}}",
            "model_settings": models, "cache": "it goes to the model, under `models`",
            "file": "a crew that works as a member is named by its file: crew: press/crew.yaml",
            "output": schema, "expected_output": schema, "tasks": "tasks stand beside `agents` and name their `agent`",
        ],
        "member crew": [
            "role": "its agents have roles; say what it is for as `description`",
            "goal": "the goal stands in the crew itself; what it is to do, the task says",
            "instructions": "write them to its agents, in the crew itself", "backstory": ownAgents,
            "model": "models stand in the crew itself; those that it does not have are the ones around it",
            "models": "they stand in the crew itself; those that it does not have are the ones around it",
            "tools": ownAgents, "max_turns": ownAgents, "exempt": ownAgents,
            "process": "it stands in the crew itself", "tasks": "they stand in the crew itself",
            "agents": "they stand in the crew itself", "name": "its name is the key under which it stands",
        ],
        "task": [
            "expected_output":
                "say it in the `description`, the shape as a JSON Schema under `output`, conditions under `accept`",
            "async_execution": "leave it out: process: concurrent begins every task whose `needs` are met",
            "context": "write it as `needs`, a list of tasks", "depends_on": "did you mean `needs`?",
            "tools": "tools are granted to agents: agents: {NAME: {tools: […]}}",
            "name": "its name is the key under which it stands", "assigned_to": "did you mean `agent`?",
            "assignee": "did you mean `agent`?", "condition": conditions, "markdown": "say it in the `description`",
            "goal": "say it in the `description`", "instructions": "say it in the `description`",
            "human_review": asksNobody,
        ],
        "process": [
            "manager_llm": "write it as `model`", "planning": "leave it out: a coordinator plans by itself",
            "max_round": "write it as `max_instructions`", "max_rounds": "write it as `max_instructions`",
            "max_turns": "write it as `max_instructions`", "max_steps": "write it as `max_instructions`",
            "manager_agent": "the coordinator is no agent; name its `model`",
        ],
        "tool": [
            "type": "did you mean `builtin`?", "function": "a tool of your own is written in Swift, with CrewKit",
            "class": "a tool of your own is written in Swift, with CrewKit",
            "module": "a tool of your own is written in Swift, with CrewKit",
            "command": "a tool of your own is written in Swift, with CrewKit", "path": "did you mean `folder`?",
            "directory": "did you mean `folder`?", "dir": "did you mean `folder`?",
        ],
        "input": ["value": "did you mean `default`?", "required": "an input without a `default` is required"],
    ]
}
