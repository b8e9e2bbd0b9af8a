import ChatModel
import Testing

@testable import OpenAIChat

/// What endpoints count, from the bytes that they send.
struct UsageTests {
    /// An endpoint's usage object, and what it means.
    struct Counted: Sendable, CustomTestStringConvertible {
        var endpoint: String
        var object: String
        var usage: TokenUsage?
        var cost: Money?

        var testDescription: String { endpoint }
    }

    @Test(arguments: [
        Counted(
            endpoint: "xAI: reasoning beside completion",
            object:
                #"{"prompt_tokens":12,"completion_tokens":1,"total_tokens":399,"prompt_tokens_details":{"text_tokens":12,"#
                + #""audio_tokens":0,"image_tokens":0,"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":386,"#
                + #""audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0},"num_sources_used":0,"#
                + #""cost_in_usd_ticks":2011500}"#,
            usage: TokenUsage(input: 12, cachedInput: 4, output: 387, reasoning: 386),
            cost: Money(picodollars: 201_150_000)
        ),
        Counted(
            endpoint: "Gemini: thoughts in the total alone",
            object: #"{"completion_tokens":10,"prompt_tokens":9,"total_tokens":199}"#,
            usage: TokenUsage(input: 9, output: 190)
        ),
        Counted(
            endpoint: "OpenAI: reasoning within completion",
            object: #"{"prompt_tokens":1000,"completion_tokens":400,"total_tokens":1400,"#
                + #""completion_tokens_details":{"reasoning_tokens":300}}"#,
            usage: TokenUsage(input: 1_000, output: 400, reasoning: 300)
        ),
        Counted(
            endpoint: "OpenRouter: with its cost",
            object: #"{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13,"cost":0.00014,"is_byok":false,"#
                + #""prompt_tokens_details":{"cached_tokens":0},"cost_details":{"upstream_inference_cost":null}}"#,
            usage: TokenUsage(input: 9, output: 4),
            cost: Money(picodollars: 140_000_000)
        ),
        Counted(
            endpoint: "OpenRouter: a cost in the form of a small float",
            object: #"{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13,"cost":1.425e-05}"#,
            usage: TokenUsage(input: 9, output: 4),
            cost: Money(picodollars: 14_250_000)
        ),
        Counted(
            endpoint: "no total, and more reasoning than completion",
            object: #"{"prompt_tokens":5,"completion_tokens":2,"completion_tokens_details":{"reasoning_tokens":7}}"#,
            usage: TokenUsage(input: 5, output: 9, reasoning: 7)
        ),
        Counted(
            endpoint: "counts as floats",
            object: #"{"prompt_tokens":100.0,"completion_tokens":1e2,"total_tokens":2.00E+2}"#,
            usage: TokenUsage(input: 100, output: 100)
        ),
        Counted(
            endpoint: "LiteLLM before Anthropic: writes to the cache in the details",
            object: #"{"prompt_tokens":90,"completion_tokens":4,"total_tokens":94,"prompt_tokens_details":"#
                + #"{"cached_tokens":20,"cache_creation_tokens":60},"cache_creation_input_tokens":60,"#
                + #""cache_read_input_tokens":20}"#,
            usage: TokenUsage(input: 90, cachedInput: 20, cacheWrites: 60, output: 4)
        ),
        Counted(
            endpoint: "LiteLLM, earlier: writes to the cache beside",
            object: #"{"prompt_tokens":90,"completion_tokens":4,"total_tokens":94,"cache_creation_input_tokens":60,"#
                + #""cache_read_input_tokens":20}"#,
            usage: TokenUsage(input: 90, cachedInput: 20, cacheWrites: 60, output: 4)
        ),
        Counted(
            endpoint: "a converter whose prompt leaves the cache out",
            object: #"{"prompt_tokens":9,"completion_tokens":4,"cache_read_input_tokens":20}"#
        ),
        Counted(endpoint: "a cost and nothing else", object: #"{"cost":0.5}"#, cost: Money(dollars: "0.5")),
        Counted(endpoint: "half a token", object: #"{"prompt_tokens":100.5,"completion_tokens":10}"#),
        Counted(endpoint: "less than nothing", object: #"{"prompt_tokens":100,"completion_tokens":-1}"#),
        Counted(
            endpoint: "a total below its parts",
            object: #"{"prompt_tokens":100,"completion_tokens":10,"total_tokens":60}"#
        ),
        Counted(
            endpoint: "more reasoning than was generated",
            object: #"{"prompt_tokens":12,"completion_tokens":1,"total_tokens":13,"#
                + #""completion_tokens_details":{"reasoning_tokens":386}}"#
        ),
        Counted(
            endpoint: "more from the cache than was read",
            object: #"{"prompt_tokens":5,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":9}}"#
        ),
        Counted(endpoint: "absurd", object: #"{"prompt_tokens":9,"completion_tokens":800000000000}"#),
        Counted(endpoint: "beyond any number", object: #"{"prompt_tokens":9,"completion_tokens":1e300}"#),
        Counted(
            endpoint: "a total that is none",
            object: #"{"prompt_tokens":9,"completion_tokens":2,"total_tokens":"many"}"#
        ),
        Counted(
            endpoint: "a cost that is none",
            object: #"{"prompt_tokens":9,"completion_tokens":2,"cost":-4,"cost_in_usd_ticks":"many"}"#,
            usage: TokenUsage(input: 9, output: 2)
        ),
        Counted(
            endpoint: "a cost beyond all money",
            object: #"{"prompt_tokens":9,"completion_tokens":2,"cost":1e60}"#,
            usage: TokenUsage(input: 9, output: 2)
        ),
    ])
    func counts(_ counted: Counted) {
        let chunks = [
            Transcript.delta("{\"content\":\"x\"}"), Transcript.delta("{}", finish: "stop"),
            "{\"choices\":[],\"usage\":\(counted.object)}",
        ]
        let streamed = Transcript.readAtEveryCut(Transcript.events(chunks)).response
        #expect(streamed?.text == "x")
        #expect(streamed?.usage == counted.usage)
        #expect(streamed?.providerCost == counted.cost)
        let whole = Transcript.read(
            "{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}],\"usage\":\(counted.object)}"
        )
        #expect(whole.response?.usage == counted.usage && whole.response?.providerCost == counted.cost)
    }

    @Test func whatItCostsMayBeToldApartFromTheCounts() {
        let chunks = [
            Transcript.delta("{\"content\":\"x\"}"), #"{"choices":[],"usage":{"cost":0.5}}"#,
            chunk("y", 3, finish: "stop"),
        ]
        let response = Transcript.readAtEveryCut(Transcript.events(chunks)).response
        #expect(response?.providerCost == Money(dollars: "0.5"))
        #expect(response?.usage == TokenUsage(input: 9, output: 3))
    }

    @Test(
        "What was thought is counted, whatever it is called",
        arguments: [
            (#"{"reasoning":"tide"}"#, 4), (#"{"reasoning":"\u6f6e"}"#, 3), (#"{"reasoning_content":"tide"}"#, 4),
            (#"{"reasoning_details":[{"type":"reasoning.text","text":"tide","index":0}]}"#, 4),
            (#"{"thinking_blocks":[{"type":"thinking","thinking":"tide","signature":"abcdefgh"}]}"#, 4),
            (#"{"reasoning":"tide","reasoning_details":[{"type":"reasoning.text","text":"tide","index":0}]}"#, 4),
            (#"{"reasoning_details":[{"type":"reasoning.encrypted","data":"abcdefgh","id":"a"}]}"#, 0),
        ]
    )
    func countsThoughts(delta: String, bytes: Int) {
        let chunks = [
            Transcript.delta(delta), Transcript.delta("{\"content\":\"x\"}"), Transcript.delta("{}", finish: "stop"),
        ]
        #expect(Transcript.read(Transcript.events(chunks)).response?.thoughtBytes == bytes)
        let whole = #"{"choices":[{"message":\#(delta.dropLast()),"content":"x"},"finish_reason":"stop"}]}"#
        #expect(Transcript.read(whole).response?.thoughtBytes == bytes)
    }

    private func chunk(_ text: String, _ completion: Int?, finish: String? = nil) -> String {
        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\(text)\"},\"finish_reason\":"
            + (finish.map { "\"\($0)\"" } ?? "null") + "}]"
            + (completion.map { ",\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":\($0)}" } ?? "") + "}"
    }

    @Test func aCountFromBeforeTheLastWordIsNone() {
        // Only in the first chunk, as servers do that count the prompt when they begin.
        let first = Transcript.events([chunk("a", 0), chunk("b", nil), chunk("c", nil, finish: "stop")])
        #expect(Transcript.readAtEveryCut(first).response?.text == "abc")
        #expect(Transcript.read(first).response?.usage == nil)
        // A running total is a count once it stands beside the last word.
        let running = Transcript.events([chunk("a", 1), chunk("b", 2), chunk("c", 3, finish: "stop")])
        #expect(Transcript.read(running).response?.usage == TokenUsage(input: 9, output: 3))
        // One that ends before is none.
        let early = Transcript.events([chunk("a", 1), chunk("b", 2), chunk("c", nil, finish: "stop")])
        #expect(Transcript.read(early).response?.usage == nil)
        // What comes after the last word without saying anything takes nothing away.
        let after = Transcript.events([
            chunk("a", 1, finish: "stop"), chunk("", nil), Transcript.delta("{\"reasoning\":null}"),
        ])
        #expect(Transcript.read(after).response?.usage == TokenUsage(input: 9, output: 1))
        let thinking = Transcript.events([
            chunk("", 1), Transcript.delta("{\"reasoning_content\":\"hm\"}"), chunk("", nil, finish: "length"),
        ])
        #expect(Transcript.read(thinking).response?.usage == nil)
    }

    @Test(
        arguments: [
            ("0", 0), ("100", 100), ("100.0", 100), ("1e2", 100), ("0.1e3", 100), ("1000E-1", 100), ("0e99", 0),
            ("999999999999999", 999_999_999_999_999), ("1000000000000000", nil), ("1e15", nil), ("1.5", nil),
            ("-1", nil),
            ("1e-1", nil), ("99999999999999999999999", nil), ("1e999999999999999999999", nil), ("1e", nil), ("+1", nil),
            ("1.2.3", nil), ("null", nil), ("\"1\"", nil), ("NaN", nil), ("", nil),
            ("100.00000000000000000000000000", 100),
        ] as [(String, Int?)]
    )
    func readsWholeNumbers(text: String, value: Int?) {
        let read = Array(text.utf8).withUnsafeBufferPointer { WireNumber($0)?.whole }
        #expect(read == value)
    }

    @Test(
        arguments: [
            ("0", 0), ("1", 1_000_000_000_000), ("0.000000000001", 1), ("0.0000000000001", 1), ("1e-30", 1),
            ("0.00014", 140_000_000), ("1.0000000000000000000001", 1_000_000_000_000),
            ("9223372", 9_223_372_000_000_000_000),
            ("9223373", nil), ("1e18", nil), ("-0.5", nil),
        ] as [(String, Int64?)]
    )
    func readsDollarsRoundedUp(text: String, picodollars: Int64?) {
        let read = Array(text.utf8).withUnsafeBufferPointer { Money(wire: $0, decimalPlaces: 0) }
        #expect(read?.picodollars == picodollars)
    }
}
