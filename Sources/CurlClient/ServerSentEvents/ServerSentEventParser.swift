#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Splits the bytes of a `text/event-stream` into events, wherever the bytes were cut.
///
/// An event that lies within one piece, with one `data` line, is handed on without being copied. The rules are those of
/// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation; an event is dispatched
/// only by its blank line, so the end of the stream needs no call.
public struct ServerSentEventParser: Sendable {
    /// The last `id` that the stream named; empty when there was none.
    public private(set) var lastEventID = ""
    /// The last valid `retry`, in milliseconds.
    public private(set) var retryMilliseconds: Int?

    private let maximumEventBytes: Int
    /// How much of the byte order mark was seen; nil once the stream's start is behind.
    private var byteOrderMarkSeen: Int? = 0
    /// The last line ended in CR, so an LF that comes first belongs to it.
    private var skipsLineFeed = false
    /// The start of a line whose end has not come yet.
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var dataLines = 0
    private var type: [UInt8] = []
    private var failure: ServerSentEventError?

    /// Makes a parser that refuses events above a size in bytes.
    public init(maximumEventBytes: Int = 8 << 20) {
        self.maximumEventBytes = maximumEventBytes
    }

    /// Whether the bytes so far end within an event, which is then lost if no more come.
    public var hasUnfinishedEvent: Bool {
        dataLines > 0 || !line.isEmpty
    }

    /// Reads a piece of the stream and calls `onEvent` for each event that it completes.
    ///
    /// Throws when an event is larger than allowed, and again whenever more is fed after that.
    public mutating func feed(
        _ bytes: UnsafeRawBufferPointer,
        onEvent: (ServerSentEvent) -> Void
    ) throws(ServerSentEventError) {
        if let failure { throw failure }
        do throws(ServerSentEventError) {
            try read(bytes, onEvent)
        } catch {
            failure = error
            throw error
        }
    }

    /// Reads a piece of the stream that lies in an array.
    public mutating func feed(
        _ bytes: [UInt8],
        onEvent: (ServerSentEvent) -> Void
    ) throws(ServerSentEventError) {
        // `withUnsafeBytes` passes no typed error through on every toolchain, a result does.
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(ServerSentEventError) in try feed(buffer, onEvent: onEvent) }
        }
        try result.get()
    }

    private mutating func read(
        _ bytes: UnsafeRawBufferPointer,
        _ onEvent: (ServerSentEvent) -> Void
    ) throws(ServerSentEventError) {
        var scanner = LineScanner(bytes, from: skipByteOrderMark(bytes))
        // Where the only data line of the event lies, while that is still within `bytes`.
        var slice: UnsafeRawBufferPointer?

        if skipsLineFeed, let first = scanner.first {
            skipsLineFeed = false
            if first == lineFeed { scanner.skipOne() }
        }
        while let (text, endsInCarriageReturn) = scanner.next() {
            if endsInCarriageReturn {
                if scanner.first == lineFeed { scanner.skipOne() } else { skipsLineFeed = scanner.isAtEnd }
            }
            if line.isEmpty {
                try interpret(text, &slice, inPlace: true, onEvent)
            } else {
                try append(text, to: &line, maximumEventBytes)
                var whole: [UInt8] = []
                swap(&whole, &line)
                let result = whole.withUnsafeBytes { buffer in
                    Result { () throws(ServerSentEventError) in try interpret(buffer, &slice, inPlace: false, onEvent) }
                }
                whole.removeAll(keepingCapacity: true)
                swap(&whole, &line)
                try result.get()
            }
        }
        try append(scanner.rest, to: &line, maximumEventBytes)
        if let slice { try append(slice, to: &data, maximumEventBytes) }
    }

    /// The number of bytes to skip at the start of the stream; a mark may come in pieces.
    private mutating func skipByteOrderMark(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard var seen = byteOrderMarkSeen else { return 0 }
        var index = 0
        while index < bytes.count, seen < byteOrderMark.count, bytes[index] == byteOrderMark[seen] {
            seen += 1
            index += 1
        }
        if seen == byteOrderMark.count {
            byteOrderMarkSeen = nil
        } else if index < bytes.count {
            line = Array(byteOrderMark[..<seen])
            byteOrderMarkSeen = nil
        } else {
            byteOrderMarkSeen = seen
        }
        return index
    }

    private mutating func interpret(
        _ text: UnsafeRawBufferPointer,
        _ slice: inout UnsafeRawBufferPointer?,
        inPlace: Bool,
        _ onEvent: (ServerSentEvent) -> Void
    ) throws(ServerSentEventError) {
        if text.isEmpty {
            dispatch(slice, onEvent)
            slice = nil
            return
        }
        let end = position(of: colon, in: text) ?? text.count
        var start = min(end + 1, text.count)
        if start < text.count, text[start] == space { start += 1 }
        let value = UnsafeRawBufferPointer(rebasing: text[start...])

        if names(text, end, "data") {
            dataLines += 1
            if dataLines == 1, inPlace {
                guard value.count <= maximumEventBytes else { throw tooLarge }
                slice = value
                return
            }
            if let first = slice {
                try append(first, to: &data, maximumEventBytes)
                slice = nil
            }
            if dataLines > 1 { data.append(lineFeed) }
            try append(value, to: &data, maximumEventBytes)
        } else if names(text, end, "event") {
            type.removeAll(keepingCapacity: true)
            try append(value, to: &type, maximumEventBytes)
        } else if names(text, end, "id") {
            if !value.contains(0) { lastEventID = String(decoding: value, as: UTF8.self) }
        } else if names(text, end, "retry") {
            if !value.isEmpty, value.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
                let milliseconds = Int(String(decoding: value, as: UTF8.self))
            {
                retryMilliseconds = milliseconds
            }
        }
    }

    private mutating func dispatch(_ slice: UnsafeRawBufferPointer?, _ onEvent: (ServerSentEvent) -> Void) {
        if dataLines > 0 {
            type.withUnsafeBytes { type in
                data.withUnsafeBytes { data in
                    onEvent(
                        ServerSentEvent(
                            data: slice ?? data,
                            isSingleLine: dataLines == 1,
                            type: type,
                            lastEventID: lastEventID
                        )
                    )
                }
            }
            dataLines = 0
            data.removeAll(keepingCapacity: true)
        }
        type.removeAll(keepingCapacity: true)
    }

    private var tooLarge: ServerSentEventError {
        ServerSentEventError(code: .tooLarge, limit: maximumEventBytes)
    }
}

/// Appends within a limit; no method, for one would copy the parser to change a part of it.
private func append(
    _ bytes: UnsafeRawBufferPointer,
    to buffer: inout [UInt8],
    _ limit: Int
) throws(ServerSentEventError) {
    guard buffer.count + bytes.count <= limit else { throw ServerSentEventError(code: .tooLarge, limit: limit) }
    buffer.append(contentsOf: bytes)
}

private let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
private let lineFeed = UInt8(ascii: "\n")
private let colon = UInt8(ascii: ":")
private let space = UInt8(ascii: " ")

/// Whether a line's first `count` bytes are a field's name; names are matched with regard to case.
private func names(_ line: UnsafeRawBufferPointer, _ count: Int, _ name: StaticString) -> Bool {
    count == name.utf8CodeUnitCount && line.baseAddress.map { memcmp($0, name.utf8Start, count) == 0 } == true
}
