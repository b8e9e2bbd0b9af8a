import ChatModel
import CrewCore
import CrewTesting
import CrewTools
import Synchronization
import Testing

@testable import CrewRuntime

struct ToolboxTests {
    struct Echo: Tool {
        struct Input: Generable {
            var text: String
            var times: Int?
            static var guides: [Guide] { [Guide("times", "How often", ["minimum": 1, "maximum": 1_000_000])] }
        }
        var name = "echo", summary = "Repeats."
        func call(_ input: Input, context: ToolContext) async throws -> String {
            if input.text == "reject" { throw ToolRejection("no such word") }
            if input.text == "fail" { throw Broken() }
            return String(repeating: input.text, count: input.times ?? 1)
        }
    }
    struct Broken: Error {}

    struct Idle: Tool {
        struct Input: Generable {}
        let name = "idle", summary = "Waits."
        let onCall: @Sendable () async throws -> Void
        func call(_ input: Input, context: ToolContext) async throws -> String {
            try await onCall()
            return "done"
        }
    }

    let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
        try scratch.folder("notes")
    }

    private func context(_ agent: String = "a") -> ToolContext {
        ToolContext(run: "r", agent: agent, idempotencyKey: "k")
    }

    private func crew(_ grants: [ToolGrant], options: JSONValue = ["folder": "./notes", "write": true]) -> Crew {
        Crew(
            name: "c",
            goal: "g",
            tools: [
                ToolDefinition(name: "notes", builtin: "files", options: options),
                ToolDefinition(name: "sums", builtin: "calculator"),
            ],
            agents: [
                Agent("a", role: "r", goal: "g", tools: grants), Agent("other", role: "r", goal: "g", tools: ["sums"]),
            ]
        )
    }

    private func toolbox(_ grants: [ToolGrant], options: JSONValue = ["folder": "notes", "write": true]) async throws
        -> Toolbox
    {
        try await self.box(crew(grants, options: options))
    }

    private func box(
        _ crew: Crew,
        tools: [any Tool] = [],
        sleep: (@Sendable (Duration) async throws -> Void)? = nil
    ) async throws(ToolboxError) -> Toolbox {
        try await Toolbox(
            crew: crew,
            folder: scratch.path,
            providers: BuiltinTools.providers(web: nil),
            tools: tools,
            sleep: sleep
        )
    }

    @Test func grantsInOrderAndNoMore() async throws {
        let box = try await toolbox(["sums", .code(Echo()), "notes.write", "notes"])
        let names = box.specifications(for: "a").map(\.declaration.name)
        #expect(names == ["sums", "echo", "notes_write", "notes_read", "notes_list"])
        #expect(box.specifications(for: "other").map(\.declaration.name) == ["sums"])
        #expect(box.specifications(for: "nobody").isEmpty)
        let readOnly = try await toolbox(["notes"], options: ["folder": "notes"])
        #expect(readOnly.specifications(for: "a").map(\.declaration.name) == ["notes_read", "notes_list"])
        let named = try await self.box(crew(["echo"]), tools: [Echo()])
        #expect(named.specifications(for: "a").map(\.declaration.name) == ["echo"])
        for specification in box.specifications(for: "a") {
            #expect(specification.declaration.parameters.check().isEmpty)
        }
    }

    @Test(
        arguments: [
            (["nots"], ["folder": "notes"], "tool 'nots': it is granted, but not declared; there are 'notes', 'sums'"),
            (["notes.write"], ["folder": "notes"], "unless it is declared with 'write: true'"),
            (["notes.search"], ["folder": "notes"], "it has 'read', 'list'"),
            (["sums.add"], ["folder": "notes"], "without parts"),
            (["notes"], ["folder": "missing"], "tool 'notes': the folder 'missing' cannot be used"),
            (["notes"], [:], "needs the option 'folder'"),
            (["notes"], ["folder": 7], "must be a string, not 7"),
            (["notes"], ["folder": "notes", "write": "true"], #"must be true or false, not "true""#),
            (["notes"], ["folder": "notes", "wirte": true], "unknown option 'wirte'"),
            (["notes"], [], "not an object"),
        ] as [([ToolGrant], JSONValue, String)]
    )
    func refusesWrongDeclarations(grants: [ToolGrant], options: JSONValue, words: String) async throws {
        let error = try await #require(throws: ToolboxError.self) { try await toolbox(grants, options: options) }
        #expect(error.description.contains(words), "\(error)")
    }

    @Test func refusesFilesAsFoldersAndNamesTwice() async throws {
        try scratch.write("x", to: "plain")
        await #expect(throws: ToolboxError.self) { try await toolbox(["notes"], options: ["folder": "plain"]) }
        let twice = try await #require(throws: ToolboxError.self) {
            try await toolbox(["notes", .code(Echo(name: "notes_read"))])
        }
        #expect(twice.code == .badName)
        await #expect(throws: ToolboxError.self) { try await toolbox([.code(Echo(name: "e cho"))]) }
        var unknown = crew([])
        unknown.tools.append(ToolDefinition(name: "web", builtin: "browser"))
        await #expect(throws: ToolboxError.self) { try await self.box(unknown) }
    }

    @Test(arguments: [
        (#"{"text":"a","times":3}"#, ToolOutcome.completed("aaa")),
        (#"{"text":"a","times":null}"#, .completed("a")),
        (#" {"text":"a"} "#, .completed("a")),
        (#"{"text":"reject"}"#, .rejected("no such word")),
        (#"{"text":"fail"}"#, .failed("Broken()")),
    ])
    func calls(arguments: String, outcome: ToolOutcome) async throws {
        #expect(try await toolbox([.code(Echo())]).call("echo", arguments: arguments, context: context()) == outcome)
    }

    @Test(arguments: [
        ("", "text"), ("{", "not JSON"), ("[]", "not array"), ("null", "not null"), ("1", "not integer"),
        (#""{\"text\":\"a\"}""#, "not a string"), (#"{"text":1}"#, "/text"), (#"{"text":"a","more":1}"#, "more"),
        (#"{"text":"a","times":0}"#, "/times"), (#"{"text":"a","times":"2"}"#, "/times"),
        (#"{"text":"a","text":"b"}"#, "duplicate key"), ("nonsense", "not JSON"),
        (#"{"text":""# + String(repeating: "x", count: 5_000_000) + #""}"#, "at most 4194304"),
    ])
    func rejectsWrongArguments(arguments: String, words: String) async throws {
        let outcome = try await toolbox([.code(Echo())]).call("echo", arguments: arguments, context: context())
        guard case .rejected(let message) = outcome else {
            Issue.record("not rejected: \(outcome)")
            return
        }
        #expect(message.contains(words), "\(message)")
    }

    @Test(arguments: ["", "   "])
    func takesNoTextForNoArguments(arguments: String) async throws {
        let box = try await toolbox([.code(Idle {})])
        #expect(await box.call("idle", arguments: arguments, context: context()) == .completed("done"))
    }

    @Test(arguments: ["ech", "Echo", "notes_raed", "../echo", "\u{0435}cho", "sums"])
    func rejectsUnknownTools(name: String) async throws {
        let box = try await toolbox([.code(Echo()), "notes.read"])
        let outcome = await box.call(name, arguments: #"{"text":"a"}"#, context: context())
        guard case .rejected(let message) = outcome else {
            Issue.record("not rejected: \(outcome)")
            return
        }
        let nearest = name == "notes_raed" ? "'notes_read', 'echo'" : "'echo', 'notes_read'"
        #expect(message.hasSuffix("you have \(nearest)."), "\(message)")
        #expect(message.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func keepsAgentsApart() async throws {
        let box = try await toolbox([.code(Echo())])
        let outcome = await box.call("echo", arguments: #"{"text":"a"}"#, context: context("other"))
        #expect(outcome == .rejected("There is no tool 'echo'; you have 'sums'."))
        #expect(
            await box.call("sums", arguments: #"{"expression":"6*7"}"#, context: context("other")) == .completed("42")
        )
    }

    @Test func reachesFilesThroughNames() async throws {
        let box = try await toolbox(["notes"])
        let write = await box.call("notes_write", arguments: #"{"path":"d/x.md","content":"hi"}"#, context: context())
        #expect(write == .completed("Wrote 'd/x.md', 2 bytes."))
        #expect(await box.call("notes_read", arguments: #"{"path":"d/x.md"}"#, context: context()) == .completed("hi"))
        #expect(await box.call("notes_list", arguments: "", context: context()) == .completed("d/"))
        let list = await box.call("notes_list", arguments: #"{"folder":"d"}"#, context: context())
        #expect(list == .completed("x.md  2 bytes"))
        let outside = await box.call("notes_read", arguments: #"{"path":"../secret"}"#, context: context())
        #expect(outside == .rejected("The path may not hold '..': it stays within the folder."))
    }

    @Test func cutsLongResults() async throws {
        let box = try await toolbox([.code(Echo())])
        let outcome = await box.call("echo", arguments: #"{"text":"xé","times":300000}"#, context: context())
        guard case .completed(let text) = outcome else {
            Issue.record("not completed: \(outcome)")
            return
        }
        // The limit falls after the x of a pair of three bytes, and then within the é.
        let whole = String(repeating: "xé", count: 174_762)
        #expect(text == whole + "x\n[cut here: the first 524287 of 900000 bytes]")
    }

    /// A tool that heeds nothing: it waits for a continuation that is resumed only after the outcome is known.
    @Test func returnsAtTheTimeLimitOfAToolThatNeverDoes() async throws {
        let (started, start) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let (ended, end) = AsyncStream<Bool>.makeStream()
        let tool = Idle {
            start.yield()
            // An unstructured task does not see the cancellation.
            await Task { for await _ in released { break } }.value
            end.yield(Task.isCancelled)
        }
        let limits = Mutex<[Duration]>([])
        let box = try await self.box(crew([.code(tool)])) { limit in
            limits.withLock { $0.append(limit) }
            for await _ in started { return }
        }
        #expect(await box.call("idle", arguments: "{}", context: context(), timeout: .seconds(5)) == .timedOut)
        #expect(limits.withLock(\.self) == [.seconds(5)])
        release.yield()
        for await wasCancelled in ended {
            #expect(wasCancelled)
            break
        }
    }

    @Test func keepsToTheShorterLimit() async throws {
        let limits = Mutex<[Duration]>([])
        let tool = Idle { try await Task.sleep(for: .seconds(3_600)) }
        let box = try await self.box(crew([.code(tool)])) { limit in
            limits.withLock { $0.append(limit) }
        }
        #expect(await box.call("idle", arguments: "", context: context(), timeout: .seconds(600)) == .timedOut)
        #expect(limits.withLock(\.self) == [.seconds(60)])
    }

    @Test func returnsWhenTheCallerIsCancelled() async throws {
        let (started, start) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let tool = Idle {
            start.yield()
            await Task { for await _ in released { break } }.value
        }
        let box = try await toolbox([.code(tool)])
        let context = context()
        let call = Task { await box.call("idle", arguments: "", context: context) }
        for await _ in started { break }
        call.cancel()
        #expect(await call.value == .cancelled)
        release.yield()
        let early = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await box.call("idle", arguments: "", context: context)
        }
        #expect(await early.value == .cancelled)
    }

    @Test func serves32CallsAtOnce() async throws {
        // Nobody goes on before all have come, so that the calls must run side by side.
        let barrier = Barrier(size: 32)
        let tool = Idle { await barrier.arrive() }
        let box = try await toolbox([.code(tool), "notes", "sums"])
        let run = context()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<32 {
                // As in a run, every call has an idempotency key of its own.
                let context = ToolContext(run: run.run, agent: run.agent, idempotencyKey: "key \(number)")
                group.addTask {
                    #expect(await box.call("idle", arguments: "", context: context) == .completed("done"))
                    let sum = await box.call("sums", arguments: #"{"expression":"\#(number)*2"}"#, context: context)
                    #expect(sum == .completed("\(number * 2)"))
                    let path = #""path":"same/f\#(number % 4)""#
                    let write = await box.call(
                        "notes_write",
                        arguments: "{\(path),\"content\":\"\(number)\"}",
                        context: context
                    )
                    guard case .completed = write else {
                        Issue.record("\(write)")
                        return
                    }
                }
            }
        }
        #expect(await box.call("notes_list", arguments: #"{"folder":"same"}"#, context: run) != .completed(""))
    }
}

/// Holds everyone until the last has come.
private final class Barrier: Sendable {
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])
    private let size: Int

    init(size: Int) { self.size = size }

    func arrive() async {
        await withCheckedContinuation { continuation in
            let all = waiting.withLock { waiting in
                waiting.append(continuation)
                return waiting.count == size ? waiting : []
            }
            for continuation in all { continuation.resume() }
        }
    }
}
