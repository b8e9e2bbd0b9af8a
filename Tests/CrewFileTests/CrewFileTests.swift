import ChatModel
import CrewCore
import CrewFile
import CrewTools
import Testing

struct CrewFileTests {
    @Test func quickstartIsTheExpectedCrew() throws {
        let reading = CrewFile.parse(text: quickstart, name: "crew.yaml")
        #expect(reading.diagnostics.map(\.description) == [])
        let crew = try #require(reading.crew)
        let expected = Crew(
            name: "research-brief",
            goal: "Write a sourced brief on {{topic}}.",
            inputs: [CrewInput(name: "topic", summary: "what to write about", defaultValue: "tidal energy")],
            models: [
                ModelDefinition(model: "gpt-5-mini", sampling: SamplingOptions(temperature: 0.2)),
                ModelDefinition(name: "local", model: "smollm2", baseURL: "http://127.0.0.1:8080/v1", price: .free),
            ],
            tools: [
                ToolDefinition(name: "calculator", builtin: "calculator"),
                ToolDefinition(name: "notes", builtin: "files", options: ["folder": "notes"]),
            ],
            agents: [
                Agent(
                    "researcher",
                    role: "Senior researcher",
                    goal: "Find facts about {{topic}} that can be verified",
                    tools: [.named("calculator"), .named("notes.read")],
                    limits: Limits(calls: 20)
                ),
                Agent("writer", role: "Writer", goal: "Turn findings into clear prose", model: "local"),
            ],
            tasks: [
                CrewTask("findings", summary: "Ten facts, each with its source", agent: "researcher"),
                CrewTask(
                    "brief",
                    summary: "A one-page brief with sources",
                    agent: "writer",
                    needs: ["findings"],
                    output: JSONSchema([
                        "type": "object",
                        "properties": ["title": ["type": "string"], "body": ["type": "string"]],
                        "required": ["title", "body"],
                    ]),
                    accept: [.assertion("length(body) > 400")]
                ),
            ],
            process: CrewProcess(pattern: .coordinator, model: "default", maximumInstructions: 12),
            limits: Limits(
                money: Money(picodollars: 500_000_000_000),
                tokens: 200_000,
                calls: 60,
                time: 600_000
            )
        )
        #expect(crew == expected)
        #expect(crew.problems() == [])
    }

    @Test func everyModelKeyIsRead() throws {
        let text = """
            crew: c
            goal: g
            models:
              default:
                model: m
                base_url: https://example.org/v1
                key: env:MY_KEY
                temperature: 1
                top_p: 0.9
                seed: -7
                reasoning_effort: low
                max_output: 100
                price: {input: 0.000001, cached_input: 0.1, cache_write: 0.2, output: 2}
                cache: on
                rate: {requests: 3, tokens: 4}
                fallback: other
                timeout: 90s
                first_byte_timeout: 500ms
                idle_timeout: 4m
                attempts: 5
                patience: 0s
                concurrent: 2
                headers: {api-key: env:AZURE_KEY, X-Title: "5"}
                query: {api-version: 2024-10-21}
                body: {top_k: 40, chat_template_kwargs: {enable_thinking: false}, stop: [a, 1.5]}
                ca: certificates/company.pem
                organization: org-1
                project: proj_1
                structured_output: tool_call
                stream: false
                system_role: developer
              other: {model: n, price: {input: 1.25, output: 10}}
            agents: {a: {role: r, goal: g}}
            process: coordinator
            tasks: {t: {description: d, required: false}}
            limits: {instructions: 7, time: 2h}
            """
        let reading = CrewFile.parse(text: text, name: "crew.yaml")
        #expect(reading.diagnostics.map(\.description) == [])
        let crew = try #require(reading.crew)
        #expect(
            crew.model(nil)
                == ModelDefinition(
                    model: "m",
                    baseURL: "https://example.org/v1",
                    keyVariable: "MY_KEY",
                    sampling: SamplingOptions(temperature: 1, topP: 0.9, seed: -7, reasoningEffort: "low"),
                    maximumOutput: 100,
                    price: Price(input: 1, cachedInput: 100_000, cacheWrite: 200_000, output: 2_000_000),
                    cache: .on,
                    requestsPerMinute: 3,
                    tokensPerMinute: 4,
                    fallback: "other",
                    timeout: .seconds(90),
                    firstByteTimeout: .milliseconds(500),
                    idleTimeout: .seconds(240),
                    maximumAttempts: 5,
                    patience: .zero,
                    concurrentRequests: 2,
                    headers: [RequestParameter("api-key", .variable("AZURE_KEY")), RequestParameter("X-Title", "5")],
                    query: [RequestParameter("api-version", "2024-10-21")],
                    body: ["top_k": 40, "chat_template_kwargs": ["enable_thinking": false], "stop": ["a", 1.5]],
                    certificateAuthorities: "certificates/company.pem",
                    organization: "org-1",
                    project: "proj_1",
                    structuredOutput: .toolCall,
                    streams: false,
                    systemRole: .developer
                )
        )
        #expect(crew.process.maximumInstructions == 7)
        #expect(crew.limits.time == 7_200_000)
        #expect(crew.task("t")?.isRequired == false)
    }

    @Test func defaultModelComesFromTheCallerWhereTheFileNamesNone() throws {
        let text = "crew: c\ngoal: g\nagents: {a: {role: r, goal: g}}\ntasks: {t: {description: d}}\n"
        let without = CrewFile.parse(text: text, name: "f")
        #expect(without.diagnostics.map(\.message) == ["there is no model called `default`"])
        let with = CrewFile.parse(
            text: text,
            name: "f",
            defaultModel: ModelDefinition(name: "x", model: "from-outside")
        )
        #expect(!with.hasErrors)
        #expect(with.crew?.model(nil)?.model == "from-outside")
    }

    @Test func textKeepsWordsThatOtherReadersTakeForBooleans() throws {
        let text = """
            crew: c
            goal: yes
            models: {default: {model: m}}
            agents: {a: {role: on, goal: "no", instructions: "${env:HOME} %n"}}
            tasks: {t: {description: off, output: {type: object, properties: {on: {enum: [yes, 1.5, true, null]}}}}}
            """
        let crew = try #require(CrewFile.parse(text: text, name: "f").crew)
        #expect(crew.goal == "yes")
        #expect(crew.agents.first?.role == "on")
        #expect(crew.agents.first?.instructions == "${env:HOME} %n")
        #expect(crew.tasks.first?.output?.document["properties"]?["on"]?["enum"] == ["yes", 1.5, true, nil])
    }

    @Test func missingFilesAndFoldersAreComplaints() {
        for path in ["/nowhere/crew.yaml", "/"] {
            let error = #expect(throws: CrewFileError.self) { try CrewFile.load(path: path) }
            #expect(error?.diagnostics.first?.message.hasPrefix("cannot be read: ") == true)
        }
    }

    @Test func diagnosticShowsTheLineAndACaret() throws {
        let text = quickstart.replacing("agent: writer", with: "agent: writr")
        let diagnostic = try #require(CrewFile.parse(text: text, name: "crew.yaml").diagnostics.first)
        #expect(
            diagnostic.description == """
                crew.yaml:23:12: error: there is no agent called "writr"
                        agent: writr
                               ^
                    hint: did you mean `writer`?
                """
        )
    }

    @Test func keysAreNeverShown() {
        let secret = "sk-proj-0123456789abcdef"
        for line in [
            "key: \(secret)", "api_key: \(secret)", "password: hunter2hunter2", "model: [\(secret)]", "seed: \(secret)",
        ] {
            let text = "crew: c\ngoal: g\nmodels:\n  default:\n    \(line)\nagents: {a: {role: r, goal: g}}\n"
            let shown = CrewFile.parse(text: text, name: "f").diagnostics.map(\.description).joined(separator: "\n")
            #expect(!shown.isEmpty)
            #expect(!shown.contains("0123456789") && !shown.contains("hunter2"), "\(shown)")
        }
    }
}
