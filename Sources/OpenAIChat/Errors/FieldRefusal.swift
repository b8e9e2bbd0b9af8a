internal import ChatModel

/// Finds the field of a request that an error is about.
///
/// A refusal that names a field which was sent is a refusal of that field, whatever its words. A place in the request
/// that the server points to counts first, then the first field that its words name. Only what can be given up is looked
/// for: a finding must change the next request.
struct FieldRefusal {
    let request: ChatRequest
    let isStream: Bool

    /// What is to be given up.
    struct Finding: Equatable {
        var feature: Dialect.Feature
        /// Whether the endpoint objects to what stood in the field this time, and not to the field.
        var isAboutContent = false
    }

    /// What a name stands for in this request.
    private enum Meaning {
        case given(Finding)
        /// Sent, and nothing can be done without it.
        case needed
        case notSent
    }

    private static let objections = [
        "unsupported", "not support", "unknown", "unrecognized", "unexpected", "not permitted", "not allowed",
        "extra ", "extra_", "invalid", "unavailable", "not available", "cannot", "can't", "not compatible",
        "only the default", "instead", "failed", "not implemented", "not enabled", "requires", "deprecated", "not yet",
        "must be", "should be", "only ", "too many", "too complex", "disabled", "not accept", "remove",
    ]
    /// Where words of everyday language stand for a field.
    private static let phrases = [
        ("response format", "response_format"), ("json schema", "json_schema"), ("json mode", "response_format"),
        ("structured output", "response_format"), ("tool choice", "tool_choice"), ("tool calling", "tools"),
        ("tool use", "tools"), ("function calling", "tools"), ("reasoning effort", "reasoning_effort"),
        ("thought signature", "thought_signature"), ("reasoning content", "reasoning_content"),
        ("stream options", "stream_options"), ("parallel tool calls", "parallel_tool_calls"),
        ("response mime type", "response_format"), ("streaming is not", "'stream' is not"),
        ("not support streaming", "not support 'stream'"),
    ]

    /// The field that the server points to.
    func pointedTo(_ body: ErrorBody) -> Finding? {
        let message = Self.normalized(body.message)
        let place = Words(body.param.lowercased())
        guard !place.all.isEmpty else { return nil }
        if let finding = aboutMessages(message, place) { return finding }
        // Whatever stands in a message is no field of the request.
        if place.all.first?.text == "messages" { return nil }
        for word in place.all {
            switch meaning(of: word.text, message) {
            case .given(let finding): return finding
            case .needed: return nil
            case .notSent: continue
            }
        }
        return nil
    }

    /// The field that the server's words name first.
    ///
    /// - Parameter isServerError: Whether the server says that it failed, and so may name a field for any reason.
    func named(_ body: ErrorBody, isServerError: Bool) -> Finding? {
        // A place that was understood says which field it is, even if nothing can be done about it.
        let place = Words(body.param.lowercased()).all
        if place.contains(where: { $0.text == "messages" || isNeeded($0.text) }) { return nil }
        let message = Self.normalized(body.message)
        let words = Words(message)
        let isObjection = Self.objections.contains(where: message.contains)
        if isServerError, !isObjection { return nil }
        if let finding = aboutMessages(message, words) { return finding }
        for word in words.all {
            // A word that is no field's name for sure is one within an objection, or between quotes.
            guard word.text.contains("_") || word.isQuoted || isObjection else { continue }
            // Servers speak of streams that are none of the request's.
            if word.text == "stream", !word.isQuoted || isServerError { continue }
            if case .given(let finding) = meaning(of: word.text, message) { return finding }
        }
        return nil
    }

    private func isNeeded(_ name: String) -> Bool {
        if case .needed = meaning(of: name, "") { true } else { false }
    }

    // MARK: - Fields

    private func meaning(of name: String, _ message: String) -> Meaning {
        let dialect = request.dialect
        switch name {
        case "stream_options", "include_usage":
            return isStream && dialect.streamUsage ? .given(Finding(feature: .streamUsage)) : .notSent
        case "stream": return isStream ? .given(Finding(feature: .stream)) : .notSent
        case "parallel_tool_calls":
            return isForced && dialect.parallelToolCalls ? .given(Finding(feature: .parallelToolCalls)) : .notSent
        case dialect.outputLimitField.rawValue:
            return Self.isAboutSize(message) ? .needed : .given(Finding(feature: .outputLimitField))
        case "response_format", "json_schema", "json_object", "guided_json", "guided_decoding", "schema", "grammar",
            "structured", "structured_outputs", "keyword", "states":
            return format(message, isOwnName: name == "response_format" || name == "json_schema")
        case "tool_choice":
            if isForced { return .given(Finding(feature: .structuredOutput)) }
            let isSent = request.toolChoice == .none && !request.tools.tools.isEmpty && dialect.toolChoice
            return isSent ? .given(Finding(feature: .toolChoice)) : .notSent
        case "tools", "tool", "functions", "function":
            if hasOwnTools {
                return hasFormat && dialect.formatWithTools ? .given(Finding(feature: .formatWithTools)) : .needed
            }
            return isForced ? .given(Finding(feature: .structuredOutput)) : .notSent
        case "temperature", "top_p":
            let isSent = name == "temperature" ? request.sampling.temperature != nil : request.sampling.topP != nil
            guard dialect.sampling, isSent else { return .notSent }
            return Self.isAboutSize(message) ? .needed : .given(Finding(feature: .sampling))
        case "seed":
            return dialect.seed && request.sampling.seed != nil ? .given(Finding(feature: .seed)) : .notSent
        case "reasoning_effort":
            let isSent = dialect.reasoningEffort && request.sampling.reasoningEffort != nil
            return isSent ? .given(Finding(feature: .reasoningEffort)) : .notSent
        default: return .notSent
        }
    }

    private var hasFormat: Bool { request.responseFormat != .text }
    private var isForced: Bool { if case .tool = request.toolChoice { true } else { false } }
    /// Whether tools are offered other than the one through which an answer is forced.
    private var hasOwnTools: Bool {
        guard case .tool(let forced) = request.toolChoice else { return !request.tools.tools.isEmpty }
        return request.tools.tools.contains { $0.name != forced }
    }

    private func format(_ message: String, isOwnName: Bool) -> Meaning {
        let dialect = request.dialect
        // Gemini: "The specified schema produces a constraint that has too many states for serving."
        let isAboutContent = message.contains("too many states") || message.contains("schema is too")
        guard hasFormat else {
            // A forced call is held to its schema as well.
            return isForced && !isOwnName
                ? .given(Finding(feature: .structuredOutput, isAboutContent: isAboutContent)) : .notSent
        }
        if case .jsonSchema = request.responseFormat, dialect.schemaKeywords == .full {
            if isAboutContent { return .given(Finding(feature: .schemaKeywords, isAboutContent: true)) }
            if Self.namesKeyword(message) { return .given(Finding(feature: .schemaKeywords)) }
        }
        let feature: Dialect.Feature = hasOwnTools && dialect.formatWithTools ? .formatWithTools : .structuredOutput
        return .given(Finding(feature: feature, isAboutContent: isAboutContent))
    }

    /// Names that are words of a sentence, too, count between quotes only.
    private static func namesKeyword(_ message: String) -> Bool {
        let plain = ["format", "default", "pattern", "minimum", "maximum"]
        let own = ["minlength", "maxlength", "minitems", "maxitems", "exclusiveminimum", "exclusivemaximum"]
        return Words(message).all.contains { word in
            own.contains(word.text)
                || plain.contains(word.text) && (word.isQuoted || message.contains("keyword"))
        }
    }

    // MARK: - What stands in messages

    /// Identifiers of tool calls, and what is to stand beside messages or must not.
    private func aboutMessages(_ message: String, _ words: Words) -> Finding? {
        let dialect = request.dialect
        let conversation = request.conversation
        guard conversation.messages.contains(where: { !$0.toolCalls.isEmpty || $0.opaque != nil }) else { return nil }
        let names = Set((words.all + Words(message).all).map(\.text))
        let isMissing = ["missing", "must be passed", "must be provided", "is required", "must include"].contains {
            message.contains($0)
        }
        if conversation.holdsToolCalls {
            let isIdentifier =
                names.contains("tool_call_id") || names.contains("tool_use") || message.contains("tool call id")
                || names.isSuperset(of: ["tool_calls", "id"])
            let isForm = ["length of 9", "pattern", "too long", "maximum length", "9 char"].contains {
                message.contains($0)
            }
            if isIdentifier, isForm, dialect.toolCallIdentifiers == .any {
                return Finding(feature: .toolCallIdentifiers)
            }
            if isMissing, dialect.foreignCalls == .plain {
                if names.contains("thought_signature") || names.contains("thoughtsignature") {
                    return Finding(feature: .unsignedCalls)
                }
                if names.contains("reasoning_content") { return Finding(feature: .unreasonedCalls) }
            }
        }
        guard dialect.opaqueFields, !isMissing else { return nil }
        let sent = conversation.messages.reduce(into: Set<String>()) { sent, message in
            for fields in [message.opaque] + message.toolCalls.map(\.opaque) {
                for (name, _) in fields?.members ?? [:] { sent.insert(name.lowercased()) }
            }
        }
        return sent.isDisjoint(with: names) ? nil : Finding(feature: .opaqueFields)
    }

    // MARK: - Words

    private static func isAboutSize(_ message: String) -> Bool {
        [
            "too large", "at most", "less than", "greater than", "at least", "exceed", "maximum value", "minimum value",
            "must be between", "out of range", ">=", "<=",
        ].contains(where: message.contains)
    }

    private static func normalized(_ message: String) -> String {
        phrases.reduce(message.lowercased()) { text, phrase in
            text.contains(phrase.0) ? text.replacing(bytes: Array(phrase.0.utf8), with: phrase.1) : text
        }
    }

    /// The names in a text, in order.
    private struct Words {
        struct Word {
            var text: String
            /// Whether it stands alone between quotation marks.
            var isQuoted: Bool
        }

        private(set) var all: [Word] = []

        init(_ text: String) {
            let bytes = Array(text.utf8)
            var start = 0
            while start < bytes.count {
                guard Self.isPart(bytes[start]) else {
                    start += 1
                    continue
                }
                var end = start
                while end < bytes.count, Self.isPart(bytes[end]) { end += 1 }
                let quotes = [UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`")]
                let isQuoted =
                    start > 0 && end < bytes.count && quotes.contains(bytes[start - 1])
                    && bytes[end] == bytes[start - 1]
                all.append(Word(text: String(decoding: bytes[start..<end], as: UTF8.self), isQuoted: isQuoted))
                start = end
            }
        }

        private static func isPart(_ byte: UInt8) -> Bool {
            byte &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "_")
        }
    }
}
