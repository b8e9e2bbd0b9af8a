import ChatModel
import Testing

@testable import OpenAIChat

struct ToolCallTests {
    private func read(_ deltas: [String], finish: String = "tool_calls") -> Transcript.Outcome {
        Transcript.readAtEveryCut(
            Transcript.events(
                deltas.map { Transcript.delta("{\"tool_calls\":[\($0)]}") } + [Transcript.delta("{}", finish: finish)]
            )
        )
    }

    private func call(_ index: Int?, _ id: String?, _ name: String?, _ arguments: String?) -> String {
        let function = [
            name.map { "\"name\":\"\($0)\"" }, arguments.map { "\"arguments\":\(JSONValue.string($0).jsonText)" },
        ]
        return "{"
            + [
                index.map { "\"index\":\($0)" }, id.map { "\"id\":\"\($0)\"" },
                "\"type\":\"function\",\"function\":{" + function.compactMap(\.self).joined(separator: ",") + "}",
            ].compactMap(\.self).joined(separator: ",") + "}"
    }

    private let two = [
        ToolCall(id: "a", name: "f", arguments: "{\"x\":1}"), ToolCall(id: "b", name: "g", arguments: "{\"y\":\"}\"}"),
    ]

    @Test func joinsInterleavedPiecesByIndex() {
        let outcome = read([
            call(0, "a", "f", ""), call(0, nil, nil, "{\"x\""), call(1, "b", "g", "{\"y\""), call(0, nil, nil, ":1}"),
            call(1, nil, nil, ":\"}\"}"),
        ])
        #expect(outcome.response?.toolCalls == two)
        #expect(outcome.response?.finishReason == .toolCalls)
    }

    @Test func joinsTwoPiecesOfOneChunk() {
        #expect(
            read([call(0, "a", "f", "{\"x\":1}") + "," + call(1, "b", "g", "{\"y\":\"}\"}")]).response?.toolCalls == two
        )
    }

    @Test func ordersByIndexWhateverCameFirst() {
        #expect(read([call(7, "b", "g", "{\"y\":\"}\"}"), call(2, "a", "f", "{\"x\":1}")]).response?.toolCalls == two)
    }

    @Test func tellsCallsApartWithoutIndex() {
        #expect(
            read([call(nil, "a", "f", "{\"x\":1}"), call(nil, "b", "g", "{\"y\":\"}\"}")]).response?.toolCalls == two
        )
        #expect(
            read([call(nil, "a", "f", "{\"x\":1}") + "," + call(nil, "b", "g", "{\"y\":\"}\"}")]).response?.toolCalls
                == two
        )
        let unnamed = read([call(nil, "", "f", "{}"), call(nil, "", "f", "{}")]).response?.toolCalls
        #expect(unnamed?.map(\.id) == ["call_0", "call_1"])
        let bare = read([call(nil, nil, "f", "") + "," + call(nil, nil, "g", "")]).response?.toolCalls
        #expect(bare?.map(\.name) == ["f", "g"])
    }

    @Test func tellsCallsApartThatAllHaveIndexZero() {
        #expect(read([call(0, "a", "f", "{\"x\":1}"), call(0, "b", "g", "{\"y\":\"}\"}")]).response?.toolCalls == two)
    }

    @Test func takesARepeatedNameOnce() {
        #expect(
            read([call(0, "a", "f", "{\"x\""), call(0, "a", "f", ":1}"), call(0, "a", "f", "")]).response?.toolCalls
                == [two[0]]
        )
    }

    @Test func takesACallThatIsSentTwiceOnce() {
        let whole = call(0, "a", "f", "{\"x\":1}")
        #expect(read([whole, whole]).response?.toolCalls == [two[0]])
        let other = read([whole, call(0, "a", "f", "{}")]).response?.toolCalls
        #expect(other?.map(\.id) == ["a", "call_0"])
    }

    @Test func joinsANameInPieces() {
        let outcome = read([call(0, "a", "look", nil), call(0, nil, "_up", nil), call(0, nil, nil, "{}")])
        #expect(outcome.response?.toolCalls.map(\.name) == ["look_up"])
    }

    @Test func takesAnIdentifierThatComesLate() {
        #expect(read([call(0, nil, "f", "{\"x\""), call(0, "a", nil, ":1}")]).response?.toolCalls == [two[0]])
    }

    @Test func keepsTheFirstOfIdentifiersMadeUpForEachPiece() {
        #expect(read([call(0, "a", "f", "{\"x\""), call(0, "zz", nil, ":1}")]).response?.toolCalls == [two[0]])
    }

    @Test func rewritesIdentifiersThatAreNotUnique() {
        let stream = Transcript.events([
            Transcript.delta(
                "{\"tool_calls\":[\(call(0, "a", "f", "{}")),\(call(1, "a", "g", "{}")),\(call(2, "old", "h", "{}")),\(call(3, nil, "i", "{}"))]}",
                finish: "tool_calls"
            )
        ])
        let calls = Transcript.read(stream, takenIDs: ["old", "call_0"]).response?.toolCalls
        #expect(calls?.map(\.id) == ["a", "call_1", "call_2", "call_3"])
    }

    @Test func acceptsArgumentsThatAreAnObject() {
        let stream = Transcript.events([
            Transcript.delta(
                "{\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{\"x\": [1]}}}]}",
                finish: "stop"
            )
        ])
        let response = Transcript.read(stream).response
        #expect(response?.toolCalls.map(\.arguments) == ["{\"x\": [1]}"])
        #expect(response?.finishReason == .toolCalls)
    }

    @Test func readsTheOldForm() {
        let stream = Transcript.events([
            Transcript.delta("{\"function_call\":{\"name\":\"f\",\"arguments\":\"{\"}}"),
            Transcript.delta("{\"function_call\":{\"arguments\":\"}\"}}"),
            Transcript.delta("{}", finish: "function_call"),
        ])
        #expect(
            Transcript.readAtEveryCut(stream).response?.toolCalls == [
                ToolCall(id: "call_0", name: "f", arguments: "{}")
            ]
        )
    }

    @Test(arguments: ["length", "content_filter"])
    func dropsCallsOfACutAnswer(finish: String) {
        let response = read([call(0, "a", "f", "{\"x\"")], finish: finish).response
        #expect(response != nil)
        #expect(response?.toolCalls == [])
    }

    @Test func refusesWhatIsAmbiguous() throws {
        let cases: [[String]] = [
            [call(nil, "a", "f", "{\"x\""), call(nil, "b", "g", "{\"y\""), call(nil, nil, nil, ":1}")],
            [call(0, "a", "f", "{\"x\""), call(0, nil, "g", ":1}")],
            [call(0, "a", "f", "{}"), call(0, nil, nil, "{}")],
            [call(0, "a", "f", "{\"x\""), call(0, "b", "f", "{\"x\"")],
            [call(0, "a", nil, "{}")],
        ]
        for pieces in cases {
            let fault = read(pieces).fault
            guard case .malformed? = fault else {
                Issue.record("\(pieces) gave \(String(describing: fault))")
                continue
            }
        }
    }

    @Test func boundsCallsAndArguments() throws {
        let many = (0..<33).map { call($0 as Int, "i\($0 as Int)", "f", "{}") }
        let stream = Transcript.events([
            Transcript.delta("{\"tool_calls\":[\(many.joined(separator: ","))]}", finish: "tool_calls")
        ])
        guard case .malformed? = Transcript.read(stream).fault else {
            throw try #require(Transcript.read(stream).fault)
        }
        let long = call(0, "a", "f", String(repeating: "x", count: (1 << 20) + 1))
        let large = Transcript.read(
            Transcript.events([Transcript.delta("{\"tool_calls\":[\(long)]}", finish: "tool_calls")])
        )
        guard case .tooLarge? = large.fault else { throw try #require(large.fault) }
    }
}
