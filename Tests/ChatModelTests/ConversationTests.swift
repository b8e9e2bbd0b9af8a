import ChatModel
import Testing

struct ConversationTests {
    private let messages: [Message] = [
        .system("Be \"brief\".\n"), .user("Grüße 😀"),
        .assistant("", toolCalls: [ToolCall(id: "c1", name: "look_up", arguments: "{\"word\":\"tide\"}")]),
        .toolResult("line\u{1}", for: "c1"), .assistant("done"),
    ]

    @Test func writesEachMessageOnce() throws {
        var conversation = Conversation()
        var pieces: [[UInt8]] = []
        for message in messages {
            conversation.append(message)
            pieces.append(Conversation([message]).encoded)
        }
        #expect(conversation.encoded == Array(pieces.joined(separator: [UInt8(ascii: ",")])))
        #expect(conversation == Conversation(messages))
    }

    @Test func readsBackAsTheProtocolHasIt() throws {
        let parsed = try JSONValue(parsing: Array("[".utf8) + Conversation(messages).encoded + Array("]".utf8))
        let read = try #require(parsed.arrayValue)
        try #require(read.count == messages.count)
        #expect(read.map { $0["role"]?.stringValue } == ["system", "user", "assistant", "tool", "assistant"])
        #expect(read[1]["content"]?.stringValue == "Grüße 😀")
        #expect(read[2]["content"] == .null)
        #expect(read[2]["tool_calls"]?.arrayValue?.first?["function"]?["arguments"] == "{\"word\":\"tide\"}")
        #expect(read[3]["tool_call_id"] == "c1")
    }

    @Test func boundsTokensByBytes() {
        let conversation = Conversation(messages)
        #expect(conversation.tokenBound >= conversation.encoded.count)
    }
}

struct DialectTests {
    @Test func climbsDownTheLadderOfStructuredOutput() {
        var dialect = Dialect.compatible
        var rungs: [Dialect.StructuredOutput] = [dialect.structuredOutput]
        while dialect.withdraw(.structuredOutput) { rungs.append(dialect.structuredOutput) }
        #expect(rungs == Dialect.StructuredOutput.allCases)
    }

    @Test(arguments: [
        Dialect.Feature.streamUsage, .sampling, .parallelToolCalls, .seed, .outputLimitField, .schemaKeywords,
        .reasoningEffort, .formatWithTools, .toolChoice, .stream, .opaqueFields, .toolCallIdentifiers, .unsignedCalls,
        .unreasonedCalls,
    ])
    func givesUpAFeatureOnce(feature: Dialect.Feature) {
        var dialect = Dialect.compatible
        let before = dialect
        let isGivenUp = dialect.withdraw(feature)
        #expect(isGivenUp && dialect != before)
        let isGivenUpAgain = dialect.withdraw(feature)
        #expect(!isGivenUpAgain)
    }
}
