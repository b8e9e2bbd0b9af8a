import ChatModel
import Foundation
import Testing

@testable import CrewCore

/// Events that a newer version wrote, and what makes them so.
struct NewerEventTests {
    private static func read(_ json: String) throws -> Event {
        try JSONDecoder().decode(Event.self, from: Data(json.utf8))
    }

    @Test(
        "What is not known is kept as it is",
        arguments: [
            (
                #"{"sequence":7,"time":9,"type":"gate.opened","gate":{"b":[1,-2.5,null,true,"x\""],"a":{}}}"#,
                "gate.opened", 1
            ),
            (#"{"sequence":7,"time":9,"type":"stall.detected","version":2,"why":[[]]}"#, "stall.detected", 2),
            (#"{"sequence":7,"time":9,"type":"unknown","n":12345678901234}"#, "unknown", 1),
        ]
    )
    func unknown(json: String, type: String, version: Int) throws {
        let event = try Self.read(json)
        guard case .unknown(let fact) = event.fact else {
            Issue.record("\(event.fact)")
            return
        }
        #expect(event.sequence == 7 && event.time == 9)
        #expect(fact.type == type && fact.version == version)
        #expect(event.fact.name == type && event.fact.version == version && event.fact.kind == .unknown)
        let written = [try JSONEncoder().encode(event), try Self.bytes(event)]
        for bytes in written {
            #expect(try JSONValue(parsing: Array(bytes)).canonical == JSONValue(parsing: Array(json.utf8)).canonical)
            #expect(try JSONDecoder().decode(Event.self, from: bytes) == event)
        }
        #expect([event].firstUnknown?.sequence == 7)
    }

    private static func bytes(_ event: Event) throws -> Data {
        var writer = JSONWriter()
        try writer.encodable(event)
        return Data(writer.bytes)
    }

    @Test func whatHasNoVersionIsOfTheFirstAndIsWrittenSo() throws {
        let json = #"{"sequence":1,"time":2,"type":"stall.detected","instructions":3}"#
        let event = try Self.read(json)
        #expect(event.fact == .stallDetected(StallDetected(instructions: 3)) && event.fact.version == 1)
        #expect(try Self.bytes(event) == Data(json.utf8))
        let versioned = try Self.read(json.replacingOccurrences(of: "\"time\"", with: "\"version\":1,\"time\""))
        #expect(versioned == event)
    }

    @Test(
        "What is of a known kind and version and cannot be read is no newer event",
        arguments: [
            #"{"sequence":1,"time":2,"type":"stall.detected"}"#,
            #"{"sequence":1,"time":2,"type":"stall.detected","instructions":"three"}"#,
            #"{"sequence":1,"time":2,"type":"stall.detected","version":0,"instructions":3}"#,
            #"{"sequence":1,"time":2,"type":"gate.opened","version":"two"}"#,
            #"{"sequence":1,"time":2,"instructions":3}"#, #"{"time":2,"type":"gate.opened"}"#,
            #"{"sequence":1,"time":2,"type":"instruction.issued","number":1,"instruction":{"kind":"handoff"}}"#,
        ]
    )
    func damaged(json: String) {
        #expect(throws: DecodingError.self) { try Self.read(json) }
    }

    @Test func aStateIsNotChangedByThem() throws {
        let created = RunCreated(
            run: "r",
            crew: .team(.coordinator),
            inputs: [:],
            limits: Limits(),
            prompts: "p",
            folder: "."
        )
        var state = RunState(created, prompts: try .builtIn())
        state.apply(Event(sequence: 1, time: 5, fact: .runCreated(created)))
        let due = state.decide(at: 5)
        state.apply(try Self.read(#"{"sequence":2,"time":5,"type":"gate.opened"}"#))
        #expect(state.sequence == 2 && state.decide(at: 5) == due)
    }

    /// The words that are recorded under version 1 of each kind of event, whoever reads them knows.
    ///
    /// A word that comes is one that those who read version 1 do not know: the event that holds it is recorded under a
    /// higher version (``Fact/version``, ``Fact/Kind/newestVersion``), and then the word is added here.
    @Test func wordsThatAreRecordedAreThoseOfTheFirstVersion() {
        func words<Word: CaseIterable & RawRepresentable<String>>(_: Word.Type) -> String {
            Word.allCases.map(\.rawValue).joined(separator: " ")
        }
        #expect(words(CrewProcess.Pattern.self) == "sequential concurrent coordinator")
        #expect(words(Instruction.Kind.self) == "delegate revise plan finish give_up")
        #expect(words(Agent.Exemption.self) == "rule-of-two")
        #expect(words(CrewInput.ValueType.self) == "string integer number boolean")
        #expect(words(RunResumed.UnknownToolPolicy.self) == "pause retry skip")
        #expect(words(ToolCompleted.Outcome.self) == "completed rejected failed timed_out")
        #expect(words(DialectLearned.Evidence.self) == "refused ignored content")
        #expect(words(LimitKind.self) == "money tokens calls time instructions")
        #expect(words(RunStatus.self) == "running finished failed limited waiting interrupted")
        #expect(words(CachePolicy.self) == "off read on")
        #expect(words(ChatResponse.FinishReason.self) == "stop length tool_calls content_filter")
        #expect(
            words(ChatError.Code.self)
                == "cancelled unreachable untrusted_server timed_out interrupted truncated malformed_answer answer_too_large redirected rate_limited quota_exhausted credentials proxy_refused content_filter unknown_model context_too_long unsupported invalid_request server_failed circuit_open loading"
        )
        #expect(
            words(Dialect.Feature.self)
                == "structured_output schema_keywords output_limit_field stream_usage sampling parallel_tool_calls seed reasoning_effort format_with_tools tool_choice stream opaque_fields tool_call_ids unsigned_calls unreasoned_calls"
        )
        #expect(words(Dialect.StructuredOutput.self) == "json_schema tool_call json_object plain_text")
        #expect(words(Dialect.SchemaKeywords.self) == "full strict_subset")
        #expect(words(Dialect.OutputLimitField.self) == "max_completion_tokens max_tokens")
        #expect(words(Dialect.ToolCallIdentifiers.self) == "any nine_characters")
        #expect(words(Dialect.ForeignCalls.self) == "plain signed reasoned")
        #expect(words(Dialect.SystemRole.self) == "system developer")
    }
}
