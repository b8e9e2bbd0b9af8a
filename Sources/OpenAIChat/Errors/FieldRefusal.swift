internal import ChatModel

/// Finds the field of a request that an error is about.
///
/// A refusal that names a field which was sent is a refusal of that field, whatever its words. A place in the request
/// that the server points to counts first, then the first field that it names between quotes, then the first that its words
/// name otherwise. Only what can be given up is looked for: a finding must change the next request. A field that a person
/// added is none: it is told in the server's words.
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
        /// Sent because a person added it to the requests of this model.
        case chosen
        case notSent
    }

    private static let objections = [
        "unsupported", "not support", "unknown", "unrecognized", "unexpected", "not permitted", "not allowed",
        "extra ", "extra_", "invalid", "unavailable", "not available", "cannot", "can't", "not compatible",
        "only the default", "instead", "not implemented", "not enabled", "requires", "deprecated", "not yet",
        "must be", "should be", "only ", "too many", "too complex", "disabled", "not accept", "remove",
    ]
    /// Where words of everyday language stand for a field.
    private static let phrases = [
        ("response format", "response_format"), ("json schema", "json_schema"), ("json mode", "response_format"),
        ("structured outputs", "response_format"), ("structured output", "response_format"),
        ("tool choice", "tool_choice"), ("tool calling", "tools"),
        ("tool use", "tools"), ("function calling", "tools"), ("reasoning effort", "reasoning_effort"),
        ("thought signature", "thought_signature"), ("reasoning content", "reasoning_content"),
        ("stream options", "stream_options"), ("parallel tool calls", "parallel_tool_calls"),
        ("response mime type", "response_format"), ("streaming is not", "'stream' is not"),
        ("not support streaming", "not support 'stream'"), ("grammar is not", "'grammar' is not"),
        ("not support grammar", "not support 'grammar'"), ("schema is not supported", "'schema' is not supported"),
        ("schemas are not supported", "'schema' are not supported"), ("not support schema", "not support 'schema'"),
    ]

    /// What servers say of a schema that is too much for them, or is not as they want it; another may be taken.
    ///
    /// OpenAI, Gemini, vLLM, SGLang and llama.cpp.
    private static let schemaPhrases = [
        "too many states", "schema is too", "invalid schema for", "required is required", "'required' is required",
        "in context=(", "contains features not supported", "parse grammar", "compile grammar", "compile json grammar",
        "grammar is too", "properties/", "('properties'", "$defs",
    ]
    /// The same in words that mean it only where a schema is spoken of.
    private static let boundPhrases = ["nesting", "properties total", "exceeds"]

    /// What a server says, as far as the meaning of a name depends on it.
    private struct Said {
        var message: String
        /// Whether it objects to what a schema holds.
        var isAboutSchema: Bool

        init(_ body: ErrorBody) {
            message = FieldRefusal.normalized(body.message)
            let param = body.param.lowercased()
            let text = message + " " + param
            let words = Words(text).all
            let isPath = zip(words, words.dropFirst()).contains { $0.text == "properties" && $1.isInPath }
            let speaksOfSchema = text.contains("schema") || param.contains("response_format") || param.contains("tool")
            isAboutSchema =
                isPath || FieldRefusal.schemaPhrases.contains(where: text.contains)
                || speaksOfSchema && FieldRefusal.boundPhrases.contains(where: text.contains)
        }
    }

    /// The field that the server points to.
    func pointedTo(_ body: ErrorBody) -> Finding? {
        let said = Said(body)
        let place = Words(body.param.lowercased())
        guard !place.all.isEmpty else { return nil }
        if let finding = aboutMessages(said.message, place) { return finding }
        // Whatever stands in a message is no field of the request.
        if place.all.first?.text == "messages" { return nil }
        for word in place.all {
            switch meaning(of: word.text, said) {
            case .given(let finding): return finding
            case .needed, .chosen: return nil
            case .notSent: continue
            }
        }
        return nil
    }

    /// The field that the server's words name: the first between quotes, or else the first.
    ///
    /// - Parameter isServerError: Whether the server says that it failed, and so may name a field for any reason.
    func named(_ body: ErrorBody, isServerError: Bool) -> Finding? {
        let said = Said(body)
        // A place that was understood says which field it is, even if nothing can be done about it.
        let place = Words(body.param.lowercased()).all
        if place.contains(where: { $0.text == "messages" || isNeeded($0.text, said) }) { return nil }
        let words = Words(said.message)
        // Whoever asks for another attempt at the same may use any word.
        let isObjection = Self.objections.contains(where: said.message.contains) && !body.asksForTheSameAgain
        if isServerError, !isObjection, !said.isAboutSchema { return nil }
        if let finding = aboutMessages(said.message) { return finding }
        if said.isAboutSchema, let finding = aboutSchema(said) { return finding }
        for word in words.all.filter(\.isQuoted) + words.all.filter({ !$0.isQuoted }) {
            // A word that is no field's name for sure is one within an objection, or between quotes.
            guard word.text.contains("_") || word.isQuoted || isObjection else { continue }
            guard word.isQuoted || !Self.everyday.contains(word.text) else { continue }
            // Servers speak of streams that are none of the request's.
            if word.text == "stream", !word.isQuoted || isServerError { continue }
            switch meaning(of: word.text, said) {
            case .given(let finding): return finding
            case .chosen: return nil
            case .needed, .notSent: continue
            }
        }
        return nil
    }

    /// Names of fields that are words of any sentence as well.
    private static let everyday: Set<String> = ["schema", "grammar"]

    private func isNeeded(_ name: String, _ said: Said) -> Bool {
        switch meaning(of: name, said) {
        case .needed, .chosen: true
        case .given, .notSent: false
        }
    }

    /// The schema that was sent, in whatever field.
    private func aboutSchema(_ said: Said) -> Finding? {
        for name in ["json_schema", "tools"] {
            if case .given(let finding) = meaning(of: name, said), finding.isAboutContent { return finding }
        }
        return nil
    }

    // MARK: - Fields

    private func meaning(of name: String, _ said: Said) -> Meaning {
        let dialect = request.dialect
        if request.extraFields.names.contains(where: { $0.lowercased() == name }) { return .chosen }
        switch name {
        case "stream_options", "include_usage":
            return isStream && dialect.streamUsage ? .given(Finding(feature: .streamUsage)) : .notSent
        case "stream": return isStream ? .given(Finding(feature: .stream)) : .notSent
        case "parallel_tool_calls":
            return isForced && dialect.parallelToolCalls ? .given(Finding(feature: .parallelToolCalls)) : .notSent
        case dialect.outputLimitField.rawValue:
            return Self.isAboutSize(said.message) ? .needed : .given(Finding(feature: .outputLimitField))
        case "response_format", "json_schema", "json_object", "guided_json", "guided_decoding", "schema", "grammar",
            "structured_outputs":
            return format(said, isOwnName: name == "response_format" || name == "json_schema")
        case "tool_choice":
            if isForced { return .given(forcedCall(said)) }
            let isSent = request.toolChoice == .none && !request.tools.tools.isEmpty && dialect.toolChoice
            return isSent ? .given(Finding(feature: .toolChoice)) : .notSent
        case "tools", "tool", "functions", "function":
            // The schema of the one function through which an answer is forced is the answer's.
            if case .tool(let forced) = request.toolChoice, said.isAboutSchema,
                !hasOwnTools || Words(said.message).all.contains(where: { $0.isQuoted && $0.text == forced })
            {
                return .given(forcedCall(said))
            }
            if hasOwnTools {
                return hasFormat && dialect.formatWithTools ? .given(Finding(feature: .formatWithTools)) : .needed
            }
            return isForced ? .given(forcedCall(said)) : .notSent
        case "temperature", "top_p":
            let isSent = name == "temperature" ? request.sampling.temperature != nil : request.sampling.topP != nil
            guard dialect.sampling, isSent else { return .notSent }
            return Self.isAboutSize(said.message) ? .needed : .given(Finding(feature: .sampling))
        case "seed":
            return dialect.seed && request.sampling.seed != nil ? .given(Finding(feature: .seed)) : .notSent
        case "reasoning_effort":
            let isSent = dialect.reasoningEffort && request.sampling.reasoningEffort != nil
            return isSent ? .given(Finding(feature: .reasoningEffort)) : .notSent
        default: return .notSent
        }
    }

    private func forcedCall(_ said: Said) -> Finding {
        Finding(feature: .structuredOutput, isAboutContent: said.isAboutSchema)
    }

    private var hasFormat: Bool { request.responseFormat != .text }
    private var isForced: Bool { if case .tool = request.toolChoice { true } else { false } }
    /// Whether tools are offered other than the one through which an answer is forced.
    private var hasOwnTools: Bool {
        guard case .tool(let forced) = request.toolChoice else { return !request.tools.tools.isEmpty }
        return request.tools.tools.contains { $0.name != forced }
    }

    private func format(_ said: Said, isOwnName: Bool) -> Meaning {
        let dialect = request.dialect
        guard hasFormat else {
            // A forced call is held to its schema as well.
            return isForced && (!isOwnName || said.isAboutSchema) ? .given(forcedCall(said)) : .notSent
        }
        if case .jsonSchema = request.responseFormat, dialect.schemaKeywords == .full {
            if Self.namesKeyword(said.message) { return .given(Finding(feature: .schemaKeywords)) }
            if said.isAboutSchema { return .given(Finding(feature: .schemaKeywords, isAboutContent: true)) }
        }
        let feature: Dialect.Feature = hasOwnTools && dialect.formatWithTools ? .formatWithTools : .structuredOutput
        return .given(Finding(feature: feature, isAboutContent: said.isAboutSchema))
    }

    /// Names that are words of a sentence, too, count between quotes only.
    private static func namesKeyword(_ message: String) -> Bool {
        let plain = ["format", "default", "pattern", "minimum", "maximum"]
        let own = ["minlength", "maxlength", "minitems", "maxitems", "exclusiveminimum", "exclusivemaximum"]
        // Python's "unexpected keyword argument" speaks of fields of the request.
        let isOfKeywords = message.contains("keyword") && !message.contains("keyword argument")
        return Words(message).all.contains { word in
            own.contains(word.text)
                || plain.contains(word.text) && (word.isQuoted || isOfKeywords)
        }
    }

    // MARK: - What stands in messages

    /// Identifiers of tool calls, and what is to stand beside messages or must not.
    ///
    /// - Parameters:
    ///   - message: What the server says.
    ///   - place: Where it points to, if it does.
    private func aboutMessages(_ message: String, _ place: Words? = nil) -> Finding? {
        let dialect = request.dialect
        let conversation = request.conversation
        guard conversation.messages.contains(where: { !$0.toolCalls.isEmpty || $0.opaque != nil }) else { return nil }
        let names = Set(((place?.all ?? []) + Words(message).all).map(\.text))
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
        // Endpoints name such fields as they like, with everyday words among them.
        let isObjection = Self.objections.contains(where: message.contains)
        let meant = Words(message).all.filter { isObjection && ($0.text.contains("_") || $0.isQuoted || $0.isInPath) }
        let isMeant =
            (place.map(\.all) ?? []).contains { sent.contains($0.text) }
            || meant.contains { sent.contains($0.text) }
        return isMeant ? Finding(feature: .opaqueFields) : nil
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
            /// Whether it is a later part of a path, as in `messages.1.name`.
            var isInPath: Bool
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
                let isInPath =
                    start > 1 && bytes[start - 1] == UInt8(ascii: ".")
                    && (Self.isPart(bytes[start - 2]) || bytes[start - 2] == UInt8(ascii: "]"))
                let text = String(decoding: bytes[start..<end], as: UTF8.self)
                all.append(Word(text: text, isQuoted: isQuoted, isInPath: isInPath))
                start = end
            }
        }

        private static func isPart(_ byte: UInt8) -> Bool {
            byte &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "_")
        }
    }
}
