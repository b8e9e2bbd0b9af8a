internal import ChatModel
internal import CurlClient

/// Reads the body of a streamed response, whatever it turns out to be.
///
/// What was asked for is an event stream; what comes may be a whole completion from a server that does not stream, an
/// error, or a web page. The first byte of the body tells, since servers are careless about content types.
struct ResponseReader {
    private enum Form {
        case undecided
        case events
        case whole
    }

    static let maximumErrorBytes = 64 << 10
    static let maximumBytesAfterEnd = 64 << 10

    private(set) var head: HTTPResponseHead?
    private var form = Form.undecided
    private let bounds: AnswerBounds
    private var stream: StreamReader
    private var parser: ServerSentEventParser
    private var fault: AnswerFault?
    private var buffer: [UInt8] = []
    private var bytesAfterEnd = 0

    init(_ bounds: AnswerBounds) {
        self.bounds = bounds
        stream = StreamReader(bounds)
        parser = ServerSentEventParser(maximumEventBytes: bounds.body)
    }

    mutating func take(_ head: HTTPResponseHead) {
        self.head = head
        let type = head.headers["content-type"]?.lowercased() ?? ""
        if !(200..<300).contains(head.status) || type.contains("html") { form = .whole }
    }

    /// Takes in a piece of the body.
    ///
    /// - Returns: Whether more is wanted.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if case .undecided = form { decide(bytes) }
        switch form {
        case .undecided: return true
        case .events:
            let wasDone = stream.isDone
            Self.feed(bytes, &parser, &stream, &fault)
            if wasDone { bytesAfterEnd += bytes.count }
            return fault == nil && bytesAfterEnd <= Self.maximumBytesAfterEnd
        case .whole:
            let isError = head.map { !(200..<300).contains($0.status) } ?? false
            buffer.append(contentsOf: bytes)
            if isError { return buffer.count <= Self.maximumErrorBytes }
            if buffer.count > bounds.body { fault = fault ?? bounds.tooLarge(bounds.body) }
            return fault == nil
        }
    }

    /// The text that came since the last call.
    mutating func newText() -> String? { stream.newText() }

    /// Whether the answer is whole already, though the response may not be.
    var isAnswered: Bool { fault == nil && stream.assembly.isFinished }

    /// Whether something of an answer has come.
    var hasBegun: Bool { stream.assembly.hasChoices }

    /// The body of a response that was no success.
    var errorBody: [UInt8] { buffer }

    /// The answer, once the body has ended.
    func response(
        isTaken: (String) -> Bool,
        finishReasonIsOptional: Bool
    ) throws(AnswerFault) -> ChatResponse {
        if let fault { throw fault }
        switch form {
        case .undecided: throw .malformed("the response is empty")
        case .whole: return try wholeAnswer(buffer, bounds, isTaken: isTaken)
        case .events:
            return try stream.response(isTaken: isTaken, finishReasonIsOptional: finishReasonIsOptional)
        }
    }

    private mutating func decide(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first(where: { $0 > 0x20 }) else { return }
        // The fields of an event stream, a comment, or a byte order mark; any of them may lack its content type.
        let isEvent = [
            UInt8(ascii: "d"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "r"), UInt8(ascii: ":"), 0xEF,
        ]
        form = isEvent.contains(first) ? .events : .whole
    }

    private static func feed(
        _ bytes: UnsafeRawBufferPointer,
        _ parser: inout ServerSentEventParser,
        _ stream: inout StreamReader,
        _ fault: inout AnswerFault?
    ) {
        if fault != nil { return }
        do {
            try parser.feed(bytes) { event in
                if fault != nil { return }
                do throws(AnswerFault) {
                    try event.data.withMemoryRebound(to: UInt8.self) { (data) throws(AnswerFault) in
                        try stream.read(data)
                    }
                } catch {
                    fault = error
                }
            }
        } catch {
            fault = .tooLarge("an event of the stream is larger than \(error.limit) bytes")
        }
    }
}

/// Reads a completion that came in one piece.
func wholeAnswer(
    _ body: [UInt8],
    _ bounds: AnswerBounds,
    isTaken: (String) -> Bool
) throws(AnswerFault) -> ChatResponse {
    guard let first = body.first(where: { $0 > 0x20 }) else { throw .malformed("the response is empty") }
    guard first == UInt8(ascii: "{") else {
        let what = first == UInt8(ascii: "<") ? "a web page" : "text"
        throw .malformed("\(what) came in place of an answer: \(Excerpt.of(body))")
    }
    var assembly = AnswerAssembly(bounds)
    let result = body.withUnsafeBufferPointer { buffer in
        Result { () throws(AnswerFault) in try assembly.read(buffer) }
    }
    try result.get()
    guard assembly.hasChoices else { throw .malformed("the answer holds no choices: \(Excerpt.of(body))") }
    return try assembly.response(isTaken: isTaken)
}
