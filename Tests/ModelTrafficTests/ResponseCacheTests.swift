import ChatModel
import Testing

@testable import ModelTraffic

@Suite(.timeLimit(.minutes(1)))
struct ResponseCacheTests {
    private static let usage = TokenUsage(input: 7, cachedInput: 2, cacheWrites: 3, output: 5, reasoning: 1)

    @Test(
        "Which policy asks and which stores",
        arguments: [
            (CachePolicy.off, CachePolicy.off, 2), (.off, .read, 2), (.off, .on, 2),
            (.read, .off, 2), (.read, .read, 2), (.read, .on, 2),
            (.on, .off, 2), (.on, .read, 1), (.on, .on, 1),
        ]
    )
    func policies(first: CachePolicy, second: CachePolicy, calls: Int) async throws {
        let base = ScriptedModel { _, _ in .success(ChatResponse(text: "yes", usage: Self.usage)) }
        let model = ResponseCache(base, storage: MemoryResponseCache(), endpoint: "e")
        let one = try await model.respond(to: .sample(cache: first), onText: nil)
        let two = try await model.respond(to: .sample(cache: second), onText: nil)
        #expect(base.requests.count == calls)
        #expect(!one.isCached)
        #expect(two.isCached == (calls == 1))
        #expect(two.text == "yes" && two.usage == Self.usage)
    }

    @Test(
        "Only whole answers are kept",
        arguments: [
            (ChatResponse(text: "a"), true),
            (
                ChatResponse(
                    text: "",
                    toolCalls: [
                        ToolCall(id: "1", name: "t", arguments: "{}", opaque: OpaqueFields(["extra_content": ["s": 1]]))
                    ],
                    opaque: OpaqueFields(["reasoning_content": "hm"]),
                    finishReason: .toolCalls
                ), true
            ),
            (ChatResponse(text: "a", finishReason: .length), false),
            (ChatResponse(text: "a", finishReason: .contentFilter), false),
            (ChatResponse(text: "", refusal: "no"), false),
        ]
    )
    func wholeAnswers(response: ChatResponse, isKept: Bool) async throws {
        let base = ScriptedModel { _, _ in .success(response) }
        let model = ResponseCache(base, storage: MemoryResponseCache(), endpoint: "e")
        for _ in 0..<2 {
            var answer = try await model.respond(to: .sample(cache: .on), onText: nil)
            answer.isCached = false
            #expect(answer == response)
        }
        #expect(base.requests.count == (isKept ? 1 : 2))
    }

    @Test func errorsAreNotKept() async throws {
        let base = ScriptedModel { number, _ in
            number == 1 ? .failure(ChatError(.serverFailed, "", wasSent: true)) : .success(ChatResponse(text: "yes"))
        }
        let model = ResponseCache(base, storage: MemoryResponseCache(), endpoint: "e")
        await #expect(throws: ChatError.self) { try await model.respond(to: .sample(cache: .on), onText: nil) }
        #expect(try await model.respond(to: .sample(cache: .on), onText: nil).text == "yes")
    }

    @Test func everythingThatMattersIsInTheKey() throws {
        let plain = ChatRequest.sample()
        let schema = EncodedSchema(JSONSchema(["type": "object"]), keywords: .full)
        let otherSchema = EncodedSchema(JSONSchema(["type": "string"]), keywords: .full)
        let tools = ToolCatalog([ToolDeclaration(name: "t", summary: "", parameters: JSONSchema(["type": "object"]))])
        let changes: [(inout ChatRequest) -> Void] = [
            { $0.model = "n" },
            { $0.conversation.append(.user("More.")) },
            { $0.tools = tools },
            { $0.toolChoice = .none },
            { $0.toolChoice = .tool("t") },
            { $0.responseFormat = .jsonObject },
            { $0.responseFormat = .jsonSchema(name: "s", schema: schema) },
            { $0.responseFormat = .jsonSchema(name: "r", schema: schema) },
            { $0.responseFormat = .jsonSchema(name: "s", schema: otherSchema) },
            { $0.maximumOutput += 1 },
            { $0.sampling.temperature = 0 },
            { $0.sampling.topP = 0 },
            { $0.extraFields = ExtraFields(["top_k": 1]) },
            { $0.sampling.seed = 0 },
            { $0.sampling.reasoningEffort = "low" },
        ]
        var keys: Set<[UInt8]> = [
            CacheKey.bytes(endpoint: "e", salt: "", plain),
            CacheKey.bytes(endpoint: "f", salt: "", plain),
            CacheKey.bytes(endpoint: "e", salt: "s", plain),
            // The same bytes, cut elsewhere.
            CacheKey.bytes(endpoint: "", salt: "e", plain),
        ]
        for change in changes {
            var request = plain
            change(&request)
            keys.insert(CacheKey.bytes(endpoint: "e", salt: "", request))
        }
        #expect(keys.count == 4 + changes.count)
        #expect(keys.allSatisfy { $0.count == 32 })
        var other = plain
        other.timeout = 1
        other.cache = .on
        #expect(CacheKey.bytes(endpoint: "e", salt: "", other) == CacheKey.bytes(endpoint: "e", salt: "", plain))
    }

    @Test func aHitTakesNoPermitAndStreamsItsText() async throws {
        let base = ScriptedModel()
        let control = TrafficControl(cache: MemoryResponseCache(), clock: VirtualClock().clock)
        let model = control.model(
            wrapping: base,
            endpoint: "e",
            keyIdentity: "k",
            model: "m",
            limits: RateLimits(requestsPerMinute: 1)
        )
        let heard = Recorder<String>()
        for _ in 0..<5 {
            _ = try await model.respond(to: .sample(timeout: 1, cache: .on)) { text in
                heard.record(text)
            }
        }
        #expect(base.requests.count == 1)
        #expect(heard.all == ["yes", "yes", "yes", "yes", "yes"])
    }

    @Test(
        "What would not have been kept is a miss, whoever wrote it",
        arguments: [
            #"{"text":1}"#, #"{"text":"cut o","finish_reason":"length"}"#,
            #"{"text":"x","finish_reason":"content_filter"}"#,
            #"{"text":"x","finish_reason":"abort"}"#, #"{"text":"x","finish_reason":"tool_calls"}"#,
            #"{"text":"","finish_reason":"stop","tool_calls":[{"id":"1","name":"t","arguments":"{}"}]}"#,
            #"{"text":"","finish_reason":"tool_calls","tool_calls":[{"id":"","name":"t","arguments":"{}"}]}"#,
            #"{"text":"","finish_reason":"tool_calls","tool_calls":[{"id":"a b","name":"t","arguments":"{}"}]}"#,
            #"{"text":"","finish_reason":"tool_calls","tool_calls":[{"id":"1","name":"t","arguments":"{}"},{"id":"1","name":"u","arguments":"{}"}]}"#,
            #"{"text":"x","finish_reason":"stop","usage":{"input":1,"cached_input":0,"output":9223372036854775807,"reasoning":0}}"#,
            #"{"text":"x","finish_reason":"stop","usage":{"input":-5,"cached_input":0,"output":1,"reasoning":0}}"#,
        ]
    )
    func whatIsNoAnswerIsAMiss(entry: String) async throws {
        struct Forged: ResponseCacheStorage {
            let entry: String
            func lookUp(_ key: [UInt8]) async -> [UInt8]? { Array(entry.utf8) }
            func store(_ response: [UInt8], for key: [UInt8], model: String, endpoint: String) async {}
        }
        let base = ScriptedModel()
        let model = ResponseCache(base, storage: Forged(entry: entry), endpoint: "e")
        #expect(try await model.respond(to: .sample(cache: .on), onText: nil).text == "yes")
        #expect(base.requests.count == 1)
    }

    @Test func theMemoryCacheIsBounded() async {
        let cache = MemoryResponseCache(capacity: 2)
        for key in UInt8(1)...2 { await cache.store([key], for: [key], model: "m", endpoint: "e") }
        #expect(await cache.lookUp([1]) == [1])
        await cache.store([3], for: [3], model: "m", endpoint: "e")
        #expect(await cache.lookUp([1]) == [1])
        #expect(await cache.lookUp([2]) == nil)
        #expect(await cache.lookUp([3]) == [3])
    }
}
