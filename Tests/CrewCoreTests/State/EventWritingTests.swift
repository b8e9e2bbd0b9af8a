import ChatModel
import Foundation
import Testing

@testable import CrewCore

/// What the journal writes of an event, beside what Foundation's encoder makes of it.
struct EventWritingTests {
    /// Raw values of enums, keys of enums with associated values, JSON texts, and what is hard to write.
    private static let words =
        Fact.Kind.allCases.map(\.rawValue)
        + [
            "delegate", "revise", "plan", "finish", "give_up",
            "a", "", "two words", "\"quoted\" and \\ and / too", "line\nend\r\t", "\u{0}\u{1F}\u{7F}\u{2028}",
            "ü😀e\u{301}",
            "{}", "7", "[1,-2.5,null,true,\"x\"]", "{\"type\":\"object\",\"b\":{\"a\":[]}}", "assertion", "_0",
            "pause", "retry", "skip", "stop", "length", "tool_calls", "content_filter", "json_schema", "full",
            "strict_subset", "max_completion_tokens", "max_tokens", "structured_output", "schema_keywords",
            "output_limit_field", "stream_usage", "sampling", "parallel_tool_calls", "seed", "completed", "rejected",
            "failed", "timed_out", "running", "finished", "limited", "waiting", "interrupted", "money", "tokens",
            "calls", "cancel", "limit",
            "time", "rate_limited", "invalid_request", "unknown", "any", "plain",
        ]

    @Test func whateverIsWrittenIsWhatCodableSays() throws {
        var kinds: Set<Fact.Kind> = []
        for seed in 1...4_000 {
            let event = try RandomDecoder(seed: seed, words: Self.words).decode(Event.self)
            // What a version above the known one says is kept as a text.
            if event.fact.kind == .unknown { continue }
            if case .signalReceived(let fact) = event.fact, case .unknown = fact.signal { continue }
            kinds.insert(event.fact.kind)
            var writer = JSONWriter()
            try writer.encodable(event)
            let bytes = Data(writer.bytes)
            #expect(try JSONDecoder().decode(Event.self, from: bytes) == event, "seed \(seed), \(event.fact.kind)")
            let written = try JSONValue(parsing: writer.bytes).canonical
            let due = try JSONValue(parsing: JSONEncoder().encode(event)).canonical
            #expect(written == due, "seed \(seed), \(event.fact.kind)")
        }
        #expect(kinds == Set(Fact.Kind.allCases).subtracting([.unknown]))
    }
}
