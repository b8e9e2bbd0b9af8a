import Testing

@testable import ChatModel

/// A conversation is written for the model that reads it.
struct RecipientTests {
    private static let one = Origin(endpoint: "https://one/v1", model: "m")
    private static let other = Origin(endpoint: "https://other/v1", model: "m")

    private static func messages(_ ids: [String], from origin: Origin = one) -> [Message] {
        let calls = ids.enumerated().map { index, id in
            ToolCall(
                id: id,
                name: "look",
                arguments: "{}",
                opaque: index == 0 ? OpaqueFields(["extra_content": ["google": ["thought_signature": "s"]]]) : nil
            )
        }
        let opaque = OpaqueFields(["reasoning_content": "hm"])
        return [.system("S"), .user("U"), .assistant("", toolCalls: calls, opaque: opaque, origin: origin)]
            + ids.map { .toolResult("R", for: $0) }
    }

    private static func written(_ messages: [Message], for origin: Origin, _ dialect: Dialect = .compatible) throws
        -> [JSONValue]
    {
        let conversation = Conversation(messages).addressed(to: Recipient(origin, dialect))
        // Message by message, and all at once when the recipient changes: the same bytes.
        var grown = Conversation([], for: Recipient(origin, dialect))
        for message in messages { grown.append(message) }
        #expect(grown.encoded == conversation.encoded)
        let document = try JSONValue(parsing: Array("[".utf8) + conversation.encoded + Array("]".utf8))
        return try #require(document.arrayValue)
    }

    private static func identifiers(_ written: [JSONValue]) -> (calls: [String], results: [String]) {
        (
            written.flatMap { $0["tool_calls"]?.arrayValue ?? [] }.compactMap { $0["id"]?.stringValue },
            written.compactMap { $0["tool_call_id"]?.stringValue }
        )
    }

    @Test func opaqueFieldsGoBackToWhereTheyCameFromAndNowhereElse() throws {
        let messages = Self.messages(["a", "b"])
        let back = try Self.written(messages, for: Self.one)
        #expect(back[2]["reasoning_content"] == "hm")
        #expect(back[2]["tool_calls"]?.arrayValue?.first?["extra_content"] != nil)
        let elsewhere = [
            Self.other, Origin(endpoint: Self.one.endpoint, model: "another"),
        ]
        for origin in elsewhere {
            let text = try Self.written(messages, for: origin).map(\.jsonText).joined()
            #expect(!text.contains("reasoning_content") && !text.contains("extra_content"), "\(text)")
        }
        var dialect = Dialect.compatible
        _ = dialect.withdraw(.opaqueFields)
        let text = try Self.written(messages, for: Self.one, dialect).map(\.jsonText).joined()
        #expect(!text.contains("reasoning_content") && !text.contains("extra_content"), "\(text)")
    }

    @Test func aConversationThatComesHomeIsWrittenAsItWas() throws {
        let home = Conversation(Self.messages(["functions.look:0"]), for: Recipient(Self.one, .compatible))
        let away = home.addressed(to: Recipient(Self.other, .compatible))
        #expect(away.encoded != home.encoded)
        #expect(away.addressed(to: Recipient(Self.one, .compatible)).encoded == home.encoded)
    }

    @Test func anIdentifierThatOthersRefuseIsMadeAnewForThem() throws {
        let ids = ["functions.look:0", "call_1__thought__" + String(repeating: "A", count: 100), "call_abc-1"]
        let home = Self.identifiers(try Self.written(Self.messages(ids), for: Self.one))
        #expect(home.calls == ids && home.results == ids)
        let away = Self.identifiers(try Self.written(Self.messages(ids), for: Self.other))
        #expect(away.calls == away.results)
        #expect(away.calls[2] == "call_abc-1", "what everybody takes stays")
        for id in away.calls.prefix(2) { #expect(id.utf8.count == 9 && id.allSatisfy { $0.isLetter || $0.isNumber }) }
        #expect(Set(away.calls).count == 3)
    }

    @Test func mistralGetsNineLettersAndDigitsAndKeepsItsOwn() throws {
        var dialect = Dialect.compatible
        _ = dialect.withdraw(.toolCallIdentifiers)
        let own = Self.messages(["D681PevKs"], from: Self.other)
        let messages = Self.messages(["call_1", "abcdef123"]) + own.dropFirst(2)
        let written = Self.identifiers(try Self.written(messages, for: Self.other, dialect))
        #expect(written.calls == written.results)
        #expect(written.calls[1] == "abcdef123" && written.calls[2] == "D681PevKs")
        #expect(written.calls.allSatisfy { $0.utf8.count == 9 && $0.allSatisfy { $0.isLetter || $0.isNumber } })
        let again = Self.identifiers(try Self.written(messages, for: Self.other, dialect))
        #expect(again.calls == written.calls)
        // No later call may take an identifier that stands for another.
        let conversation = Conversation(messages).addressed(to: Recipient(Self.other, dialect))
        #expect(conversation.hasToolCall(written.calls[0]) && conversation.hasToolCall("call_1"))
    }

    @Test func aNewIdentifierIsNobodyElses() throws {
        var dialect = Dialect.compatible
        _ = dialect.withdraw(.toolCallIdentifiers)
        // The very identifier that "call_1" would get is there already.
        let taken = "call_1".shortIdentifier(0)
        for ids in [[taken, "call_1"], ["call_1", taken]] {
            let written = Self.identifiers(try Self.written(Self.messages(ids), for: Self.other, dialect))
            #expect(Set(written.calls).count == 2 && written.calls == written.results)
            #expect(written.calls.contains(taken))
        }
    }

    @Test func whatAnEndpointWantsBesideForeignCallsIsPutThere() throws {
        var signed = Dialect.compatible
        _ = signed.withdraw(.unsignedCalls)
        let calls = try #require(
            try Self.written(Self.messages(["a", "b"]), for: Self.other, signed)[2]["tool_calls"]?.arrayValue
        )
        #expect(
            calls[0]["extra_content"] == ["google": ["thought_signature": "skip_thought_signature_validator"]]
        )
        #expect(calls[1]["extra_content"] == nil)
        let own = try Self.written(Self.messages(["a"]), for: Self.one, signed)[2]
        #expect(own["tool_calls"]?.arrayValue?.first?["extra_content"] == ["google": ["thought_signature": "s"]])
        var reasoned = Dialect.compatible
        _ = reasoned.withdraw(.unreasonedCalls)
        #expect(try Self.written(Self.messages(["a"]), for: Self.other, reasoned)[2]["reasoning_content"] == "")
        #expect(try Self.written(Self.messages(["a"]), for: Self.one, reasoned)[2]["reasoning_content"] == "hm")
    }

    @Test func theOperatorsRoleIsNamedAsTheModelHasIt() throws {
        var dialect = Dialect.compatible
        dialect.systemRole = .developer
        let written = try Self.written([.system("S"), .user("U")], for: Self.one, dialect)
        #expect(written.map { $0["role"]?.stringValue } == ["developer", "user"])
    }
}
