import Foundation
import Testing

@testable import ChatModel

/// A request that is written and read again is the same request.
struct RequestCodingTests {
    private static let conversation = Conversation([
        .system("Rules with \"quotes\"\n and \u{2028}"),
        .user("Ask"),
        .assistant(
            "",
            toolCalls: [
                ToolCall(id: "call_1", name: "look", arguments: #"{"b":1,"a":2.50}"#),
                ToolCall(id: "b", name: "pay", arguments: "{", opaque: OpaqueFields(["extra": ["z": 1, "a": 2]])),
            ],
            opaque: OpaqueFields(["reasoning_content": "why"]),
            origin: Origin(endpoint: "https://example.org/v1", model: "other")
        ),
        .toolResult("found", for: "call_1"),
        .assistant("Words", opaque: OpaqueFields(["signature": "s"]), origin: Origin(endpoint: "e", model: "m")),
    ])

    private static let schema = JSONSchema([
        "type": "object",
        "properties": ["z": ["type": "number", "minimum": 0.5, "maximum": 1e21], "a": ["enum": ["x", 1, nil, 1.5]]],
        "required": ["z", "a"],
        "additionalProperties": false,
    ])

    private static func recipients() -> [Recipient] {
        var plain = Recipient(Origin(endpoint: "e", model: "m"), .compatible)
        plain.takesOpaqueFields = false
        var mistral = Recipient(Origin(endpoint: "e", model: "m"), .compatible)
        mistral.toolCallIdentifiers = .nineCharacters
        var gemini = Recipient(Origin(endpoint: "e", model: "m"), .compatible)
        gemini.foreignCalls = .signed
        var deepSeek = Recipient(Origin(endpoint: "e", model: "m"), .compatible)
        deepSeek.foreignCalls = .reasoned
        deepSeek.systemRole = .developer
        return [plain, mistral, gemini, deepSeek]
    }

    private func again(_ request: ChatRequest) throws -> ChatRequest {
        try JSONDecoder().decode(ChatRequest.self, from: JSONEncoder().encode(request))
    }

    @Test(arguments: [nil] + recipients())
    func conversationsAreWrittenInTheSameBytes(recipient: Recipient?) throws {
        let conversation = recipient.map(Self.conversation.addressed) ?? Self.conversation
        let request = ChatRequest(model: "m", conversation: conversation, maximumOutput: 10)
        let decoded = try again(request)
        #expect(decoded.conversation.encoded == conversation.encoded)
        #expect(decoded == request)
        // What is said next is written alike, too.
        let next = Message.assistant("", toolCalls: [ToolCall(id: "call_1", name: "look", arguments: "{}")])
        #expect(decoded.conversation.appending(next).encoded == conversation.appending(next).encoded)
    }

    @Test(arguments: [
        ResponseFormat.text, .jsonObject,
        .jsonSchema(name: "answer", schema: EncodedSchema(schema, keywords: .full)),
        .jsonSchema(name: "answer", schema: EncodedSchema(schema, keywords: .strictSubset)),
    ])
    func formatsAreKept(format: ResponseFormat) throws {
        let request = ChatRequest(
            model: "m",
            conversation: Self.conversation,
            responseFormat: format,
            maximumOutput: 10
        )
        let decoded = try again(request)
        #expect(decoded == request)
    }

    @Test(arguments: [ToolChoice.automatic, .none, .tool("look")])
    func everythingElseIsKept(choice: ToolChoice) throws {
        var dialect = Dialect.openAI
        dialect.streamUsage = false
        let request = ChatRequest(
            model: "m",
            conversation: Self.conversation,
            tools: ToolCatalog([
                ToolDeclaration(name: "look", summary: "Looks.", parameters: Self.schema),
                ToolDeclaration(name: "pay", summary: "", parameters: JSONSchema(["type": "object"])),
            ]),
            toolChoice: choice,
            maximumOutput: 77,
            sampling: SamplingOptions(temperature: 0.1, topP: 1, seed: -3, reasoningEffort: "low"),
            dialect: dialect,
            timeout: 1_234,
            cache: .read,
            extraFields: ExtraFields(["b": ["z": 1.0, "a": 1e-7], "a": "\u{1F600}\\\""])
        )
        let decoded = try again(request)
        #expect(decoded == request)
        #expect(
            decoded.tools.encoded == request.tools.encoded && decoded.extraFields.encoded == request.extraFields.encoded
        )
    }

    @Test func whatIsNoRequestIsRefused() {
        for text in [#""[1]""#, #""{""#, "{}", "3"] {
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(ExtraFields.self, from: Data(text.utf8)) }
        }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(ToolChoice.self, from: Data(#"{"type":"perhaps"}"#.utf8))
        }
    }
}
