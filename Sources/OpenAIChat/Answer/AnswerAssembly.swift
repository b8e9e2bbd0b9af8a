internal import ChatModel

/// Puts an answer together from completion objects: one whole, or the chunks of a stream.
///
/// Both have the same shape but for `message` in the place of `delta`. Only the first choice counts.
struct AnswerAssembly {
    private(set) var text: [UInt8] = []
    private(set) var finishReason: [UInt8] = []
    /// What the endpoint counted, once everything had been said.
    private(set) var usage = UsageReport()
    private(set) var hasChoices = false
    private let bounds: AnswerBounds
    /// The bytes of reasoning that is for reading only and is not kept.
    private var unkept = 0
    /// Whether the object that is being read counts what was used.
    private var hasUsageNow = false
    /// What stands in the place of a reason to stop and is no word.
    private var oddReason: String?
    private var refusal: [UInt8] = []
    private var toolCalls = ToolCallAssembly()
    private var opaque = OpaqueAssembly()
    private var hasContent = false
    private var emitted = 0

    init(_ bounds: AnswerBounds) { self.bounds = bounds }

    /// The bytes of all that has been said.
    private var said: Int { text.count + refusal.count + toolCalls.bytes + opaque.size + unkept }

    /// Whether the server said why the model stopped.
    var isFinished: Bool { !finishReason.isEmpty }

    /// Takes in one completion object.
    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(AnswerFault) {
        var scanner = WireScanner(bytes)
        var errorBody: [UInt8]?
        var isError = false
        var fault: AnswerFault?
        let before = said
        hasUsageNow = false
        do throws(WireSyntaxError) {
            try scanner.object { (scanner, key) throws(WireSyntaxError) in
                if key("choices") {
                    if try scanner.null() { return }
                    fault = try self.readChoices(&scanner) ?? fault
                } else if key("usage") {
                    try self.readUsage(&scanner)
                } else if key("error") {
                    if try !scanner.null() { errorBody = Array(try scanner.raw()) }
                } else if key("object") {
                    // How vLLM once reported errors: the error is the whole object.
                    isError = try scanner.raw().equals("\"error\"") || isError
                } else if key("x_groq"), try scanner.peek() == UInt8(ascii: "{") {
                    try scanner.object { (scanner, key) throws(WireSyntaxError) in
                        if key("usage") { try self.readUsage(&scanner) } else { try scanner.skip() }
                    }
                } else {
                    try scanner.skip()
                }
            }
            try scanner.finish()
        } catch {
            throw .malformed("not the JSON of an answer: \(error.message) at byte \(error.offset)")
        }
        if let errorBody = isError ? Array(bytes) : errorBody { throw .reported(errorBody) }
        if let fault { throw fault }
        guard said <= bounds.said else { throw bounds.tooLarge(bounds.said) }
        // What was counted before the last word is no count of the whole.
        if !hasUsageNow, said > before { usage = UsageReport(cost: usage.cost) }
    }

    /// The text that came since the last call and ends on a whole character.
    mutating func newText() -> String? {
        let end = text.endOfWholeScalars(from: emitted)
        guard end > emitted else { return nil }
        defer { emitted = end }
        return String(decoding: text[emitted..<end], as: UTF8.self)
    }

    private mutating func readUsage(_ scanner: inout WireScanner) throws(WireSyntaxError) {
        var report = try scanner.usageReport()
        // The last one wins: some servers send a running total with every chunk. What it costs may be told apart.
        report.cost = report.cost ?? usage.cost
        guard report.isCount else {
            usage.cost = report.cost
            return
        }
        hasUsageNow = true
        usage = report
    }

    private mutating func readChoices(_ scanner: inout WireScanner) throws(WireSyntaxError) -> AnswerFault? {
        var fault: AnswerFault?
        try scanner.array { (scanner, position) throws(WireSyntaxError) in
            fault = try self.readChoice(&scanner, position) ?? fault
        }
        return fault
    }

    private mutating func readChoice(
        _ scanner: inout WireScanner,
        _ position: Int
    ) throws(WireSyntaxError) -> AnswerFault? {
        var choice = position
        var isIndexKnown = false
        var delayed: Int?
        var isPiece = false
        var reason: [UInt8] = []
        var odd: String?
        var isNoString = false
        var fault: AnswerFault?
        try scanner.object { (scanner, key) throws(WireSyntaxError) in
            if key("delta") || key("message") {
                // Servers send the index first; when one does not, the delta is read once the index is known.
                isPiece = key("delta")
                if isIndexKnown && choice == 0 {
                    fault = try self.readDelta(&scanner, isPiece: isPiece) ?? fault
                } else {
                    delayed = scanner.index
                    try scanner.skip()
                }
            } else if key("index") {
                choice = try scanner.count() ?? position
                isIndexKnown = true
            } else if key("finish_reason") {
                if try scanner.peek() == UInt8(ascii: "\"") {
                    reason = []
                    try scanner.string(into: &reason)
                    // In a stream some say so that there is no reason yet.
                    if reason.isEmpty { odd = "\"\"" }
                } else if try !scanner.null() {
                    odd = String(decoding: try scanner.raw().prefix(64), as: UTF8.self)
                    isNoString = true
                }
            } else if key("usage") {
                try self.readUsage(&scanner)
            } else {
                try scanner.skip()
            }
        }
        guard choice == 0 else { return nil }
        hasChoices = true
        if let delayed {
            var second = WireScanner(scanner.bytes, from: delayed)
            fault = try readDelta(&second, isPiece: isPiece) ?? fault
        }
        if !isPiece || isNoString { oddReason = odd ?? oddReason }
        // A server that broke an answer off may still send its last chunk as usual.
        if !reason.isEmpty, finishReason.isEmpty || finishWord == .complete { finishReason = reason }
        return fault
    }

    private mutating func readDelta(
        _ scanner: inout WireScanner,
        isPiece: Bool
    ) throws(WireSyntaxError) -> AnswerFault? {
        guard try scanner.peek() == UInt8(ascii: "{") else {
            try scanner.skip()
            return nil
        }
        var fault: AnswerFault?
        try scanner.object { (scanner, key) throws(WireSyntaxError) in
            if key("content") {
                try self.readContent(&scanner)
            } else if key("tool_calls") {
                if try scanner.null() { return }
                try scanner.array { (scanner, position) throws(WireSyntaxError) in
                    let delta = try scanner.toolCallDelta(at: position)
                    do throws(AnswerFault) { try self.toolCalls.add(delta) } catch { fault = fault ?? error }
                }
            } else if key("function_call") {
                // The protocol's form before tool_calls, still spoken by some servers.
                guard try scanner.peek() == UInt8(ascii: "{") else { return try scanner.skip() }
                var delta = ToolCallDelta(position: 0)
                delta.index = 0
                try scanner.readFunction(into: &delta)
                do throws(AnswerFault) { try self.toolCalls.add(delta) } catch { fault = fault ?? error }
            } else if key("refusal") {
                if try !scanner.null() { try scanner.string(into: &self.refusal) }
            } else if key("reasoning"), try scanner.peek() == UInt8(ascii: "\"") {
                self.unkept += try scanner.stringBytes()
            } else if try !self.opaque.read(&scanner, key, isPiece: isPiece) {
                try scanner.skip()
            }
        }
        return fault
    }

    private mutating func readContent(_ scanner: inout WireScanner) throws(WireSyntaxError) {
        switch try scanner.peek() {
        case UInt8(ascii: "\""):
            hasContent = true
            try scanner.string(into: &text)
        case UInt8(ascii: "["):
            try scanner.array { (scanner, _) throws(WireSyntaxError) in
                if try scanner.peek() == UInt8(ascii: "\"") {
                    self.hasContent = true
                    try scanner.string(into: &self.text)
                } else {
                    try self.readPart(&scanner)
                }
            }
        default: if try !scanner.null() { throw scanner.error("unexpected type of content") }
        }
    }

    private mutating func readPart(_ scanner: inout WireScanner) throws(WireSyntaxError) {
        var type = "text"
        var content: [UInt8] = []
        try scanner.object { (scanner, key) throws(WireSyntaxError) in
            if key("type") {
                type = try scanner.string()
            } else if key("text") || key("refusal"), try scanner.peek() == UInt8(ascii: "\"") {
                try scanner.string(into: &content)
            } else {
                try scanner.skip()
            }
        }
        switch type {
        case "text", "output_text":
            hasContent = true
            text += content
        case "refusal": refusal += content
        default: break
        }
    }
}

extension AnswerAssembly {
    /// The answer, once everything has come.
    ///
    /// It is whole only where its reason to stop is known to mean that; one that came in one piece may have none. An
    /// answer cut at the output limit or by a filter calls no tools, since what it says of them may be cut too.
    ///
    /// - Parameter isTaken: Tells the identifiers of earlier tool calls, which no call of this answer may bear.
    func response(isTaken: (String) -> Bool) throws(AnswerFault) -> ChatResponse {
        var response = ChatResponse(
            text: String(decoding: text, as: UTF8.self),
            usage: usage.usage,
            providerCost: usage.cost
        )
        response.refusal = refusal.isEmpty ? nil : String(decoding: refusal, as: UTF8.self)
        response.thoughtBytes = max(unkept, opaque.thoughtBytes)
        switch finishWord {
        case .cutOff: response.finishReason = .length
        case .filtered: response.finishReason = .contentFilter
        case .complete:
            response.toolCalls = try toolCalls.calls(isTaken: isTaken)
            response.finishReason = response.toolCalls.isEmpty ? .stop : .toolCalls
            if !opaque.isTooLarge {
                response.opaque = opaque.fields
            } else if !response.toolCalls.isEmpty {
                throw .tooLarge(
                    "what goes back with the answer is larger than \(OpaqueAssembly.maximumBytes) bytes, or holds more "
                        + "than \(ThoughtList.maximumCount) thoughts"
                )
            }
            let isEmpty = response.toolCalls.isEmpty && response.refusal == nil
            if isEmpty && !hasContent { throw .malformed("the answer holds neither text nor tool calls") }
            if isEmpty && text.isEmpty && !finishReason.elementsEqual("stop".utf8) {
                throw .malformed("the answer is empty and ended with \(quotedReason)")
            }
        case .aborted: throw .truncated("the server broke the answer off: its finish_reason is \(quotedReason)")
        case .garbled:
            throw .malformed(
                "the model wrote a tool call that its server could not read: finish_reason \(quotedReason)"
            )
        case .unknown:
            throw .malformed(
                "the answer ended with the finish_reason \(quotedReason), of which it is not known whether it means that "
                    + "the answer is whole"
            )
        }
        return response
    }

    /// What the reason to stop means; an answer that came without one has ended as it should, and one whose reason is no
    /// word may not have.
    private var finishWord: FinishWord {
        if finishReason.isEmpty { return oddReason == nil ? .complete : .unknown }
        return FinishWord(String(decoding: finishReason, as: UTF8.self))
    }

    private var quotedReason: String {
        if finishReason.isEmpty, let oddReason { return Excerpt.cleaned(oddReason) }
        return JSONValue.string(String(decoding: finishReason, as: UTF8.self)).excerpt
    }
}

extension [UInt8] {
    /// The end of the last UTF-8 sequence that is not cut.
    fileprivate func endOfWholeScalars(from start: Int) -> Int {
        var lead = count - 1
        while lead >= start, lead > count - 4, self[lead] & 0xC0 == 0x80 { lead -= 1 }
        guard lead >= start, self[lead] >= 0xC0 else { return count }
        let length = self[lead] >= 0xF0 ? 4 : self[lead] >= 0xE0 ? 3 : 2
        return lead + length > count ? lead : count
    }
}
