import CurlClient
import Evidence
import Testing

/// A stream and what it must come to.
///
/// Most are facts from https://github.com/web-platform-tests/wpt/tree/master/eventsource.
struct EventStream: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var events: [SeenEvent]
    var lastEventID = ""
    var retry: Int?

    init(_ name: String, _ text: String, _ data: [String], id: String = "", retry: Int? = nil) {
        self.init(name, Array(text.utf8), data.map { SeenEvent(data: $0) }, id: id, retry: retry)
    }

    init(_ name: String, _ bytes: [UInt8], _ events: [SeenEvent], id: String = "", retry: Int? = nil) {
        self.name = name
        self.bytes = bytes
        self.events = events
        lastEventID = id
        self.retry = retry
    }

    var testDescription: String { name }
}

struct SeenEvent: Sendable, Hashable {
    var data: [UInt8]
    var type = ""
    var id = ""

    init(data: [UInt8], type: String = "", id: String = "") {
        self.data = data
        self.type = type
        self.id = id
    }

    init(data: String, type: String = "", id: String = "") {
        self.init(data: Array(data.utf8), type: type, id: id)
    }
}

private let mark = "\u{FEFF}"

private let streams: [EventStream] = [
    EventStream("newlines", "data:test\r\ndata\ndata:test\r\n\r", ["test\n\ntest"]),
    EventStream(
        "field-parsing",
        "data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n",
        ["\0\n 2\n1\n3\n\n4"]
    ),
    EventStream("field-data", "data:\n\ndata\ndata\n\ndata:test\n\n", ["", "\n", "test"]),
    EventStream("field-data at the end", "data:\n\ndata\ndata\n\ndata:test", ["", "\n"]),
    EventStream("bom", "\(mark)data:1\n\n\(mark)data:2\n\ndata:3\n\n", ["1", "3"]),
    EventStream("bom-2", "\(mark)\(mark)data:1\n\ndata:2\n\ndata:3\n\n", ["2", "3"]),
    EventStream("half a bom", [0xEF, 0xBB] + Array("data:1\n\ndata:2\n\n".utf8), [SeenEvent(data: "2")]),
    EventStream("leading space", "data:\ttest\rdata: \ndata:test\n\n", ["\ttest\n\ntest"]),
    EventStream(
        "field-unknown",
        "data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n",
        ["test\n\ntest"]
    ),
    EventStream(
        "final line",
        Array("retry:1000\ndata:test1\n\nid:test\ndata:test2".utf8),
        [SeenEvent(data: "test1")],
        id: "test",
        retry: 1_000
    ),
    EventStream("id-null", "id:a\0b\ndata:1\n\n", ["1"]),
    EventStream(
        "id",
        Array("id: 1\ndata:a\n\ndata:b\n\nid\ndata:c\n\n".utf8),
        [SeenEvent(data: "a", id: "1"), SeenEvent(data: "b", id: "1"), SeenEvent(data: "c")]
    ),
    EventStream("retry", "retry:3000\n\ndata:test\n\n", ["test"], retry: 3_000),
    EventStream("retry-bogus", "retry:3000\nretry:1000x\ndata:x\n\n", ["x"], retry: 3_000),
    EventStream("retry-empty", "retry\ndata:test\n\n", ["test"]),
    EventStream(
        "event",
        Array("event:test\ndata:x\n\ndata:x\n\n".utf8),
        [SeenEvent(data: "x", type: "test"), SeenEvent(data: "x")]
    ),
    EventStream(
        "event without data is forgotten",
        Array("event:test\n\nevent: \ndata:data\n\n".utf8),
        [SeenEvent(data: "data")]
    ),
    EventStream("null character", "data:\0\n\n\n\n", ["\0"]),
    EventStream("utf-8", "data:ok…\n\n", ["ok…"]),
    EventStream("comments", "data:1\r:\0\n:\r\ndata:2\n:long\rdata:3\n:data:fail\r:\ndata:4\n\n", ["1\n2\n3\n4"]),
    EventStream("keep-alive comments", ": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\ndata: 1\n\n", ["1"]),
    EventStream("a space is dropped once", "data:  a\n\ndata: b\n\ndata:c\n\n", [" a", "b", "c"]),
    EventStream("cut code points", "data: известни\u{2028}🦀\n\n", ["известни\u{2028}🦀"]),
    EventStream("invalid utf-8", [UInt8]("data: ".utf8) + [0xFF, 0xC3, 10, 10], [SeenEvent(data: [0xFF, 0xC3])]),
    EventStream("only CR", "data:a\rdata:b\r\rdata:c\r\r", ["a\nb", "c"]),
    EventStream("only CRLF", "data: a\r\n\r\ndata: b\r\nevent\r\n\r\n", ["a", "b"]),
    EventStream("LF CR is two ends", "data:a\n\rdata:b\n\r", ["a", "b"]),
    EventStream("a colon first", ":\n:data\ndata:x:y\n\n", ["x:y"]),
    EventStream("event-empty", Array("event:\ndata:data\n\n".utf8), [SeenEvent(data: "data")]),
    EventStream("field names are told by case", "DATA:x\nData:y\ndata:z\n\n", ["z"]),
    EventStream(
        "id empties",
        Array("id:1\ndata:a\n\nid:\ndata:b\n\n".utf8),
        [SeenEvent(data: "a", id: "1"), SeenEvent(data: "b")]
    ),
    EventStream("retry that is too large", "retry:99999999999999999999\ndata:x\n\n", ["x"]),
    EventStream("retry with a sign", "retry:-1\nretry:+1\nretry: 1 \ndata:x\n\n", ["x"]),
    EventStream("NEL, VT and FF are no ends", "data:a\u{85}b\u{B}c\u{C}d\n\n", ["a\u{85}b\u{B}c\u{C}d"]),
    EventStream("every end in turn", "data:a\rdata:b\r\ndata:c\n\rdata:d\n\r\n", ["a\nb\nc", "d"]),
    EventStream("nothing", "", []),
    EventStream("only ends", "\r\n\r\n\n\r\r", []),
]

struct ServerSentEventTests {
    private func read(_ pieces: [some Collection<UInt8>]) throws -> (events: [SeenEvent], parser: ServerSentEventParser)
    {
        var parser = ServerSentEventParser()
        var events: [SeenEvent] = []
        for piece in pieces {
            try parser.feed(Array(piece)) { event in
                #expect(event.isSingleLine == !event.data.contains(10))
                events.append(
                    SeenEvent(
                        data: Array(event.data),
                        type: String(decoding: event.type, as: UTF8.self),
                        id: event.lastEventID
                    )
                )
            }
        }
        return (events, parser)
    }

    @Test("A stream comes to the same events wherever it is cut", arguments: streams)
    func cuts(_ stream: EventStream) throws {
        let whole = try read([stream.bytes[...]])
        #expect(whole.events == stream.events)
        #expect(whole.parser.lastEventID == stream.lastEventID || stream.events.contains { !$0.id.isEmpty })
        #expect(whole.parser.retryMilliseconds == stream.retry)
        for cut in stream.bytes.indices {
            let cutOnce = try read([stream.bytes[..<cut], [], stream.bytes[cut...]])
            #expect(cutOnce.events == stream.events, "cut at \(cut)")
            #expect(cutOnce.parser.retryMilliseconds == stream.retry)
        }
        let bytewise = try read(stream.bytes.map { [$0] })
        #expect(bytewise.events == stream.events)
        try Evidence.record(
            .neverTruncated,
            "the WHATWG event-stream vectors and more, cut at every byte: the same events",
            cases: stream.bytes.count + 1
        )
    }

    @Test("Data in one piece is handed on where it lies")
    func noCopy() throws {
        var parser = ServerSentEventParser()
        let text = Array("data: one\n\ndata: two\r\n\r\n".utf8)
        var places: [Int] = []
        try text.withUnsafeBytes { bytes in
            try parser.feed(bytes) { event in
                guard let start = bytes.baseAddress, let data = event.data.baseAddress else { return }
                places.append(data - start)
            }
        }
        #expect(places == [6, 17])
    }

    @Test("An event above the limit is refused, and so is all that follows", arguments: [1, 7, 100_000])
    func limit(piece: Int) throws {
        for text in [
            "data: " + String(repeating: "x", count: 2_000) + "\n\n", String(repeating: "data: x\n", count: 2_000),
        ] {
            let bytes = Array(text.utf8)
            var parser = ServerSentEventParser(maximumEventBytes: 1_000)
            #expect(throws: ServerSentEventError(code: .tooLarge, limit: 1_000)) {
                for start in stride(from: 0, to: bytes.count, by: piece) {
                    try parser.feed(Array(bytes[start..<min(start + piece, bytes.count)])) { _ in
                        Issue.record("no event is complete")
                    }
                }
            }
            #expect(throws: ServerSentEventError.self) {
                try parser.feed(Array("\n\ndata: y\n\n".utf8)) { _ in Issue.record("the stream is lost") }
            }
        }
        try Evidence.record(.bounded, "headers, bodies and events without end: refused at their limit", cases: 2)
    }

    @Test("An event that is not complete is told")
    func unfinished() throws {
        #expect(try read([Array("data: a\n".utf8)]).parser.hasUnfinishedEvent)
        #expect(try read([Array("data: a\n\nda".utf8)]).parser.hasUnfinishedEvent)
        #expect(try !read([Array("data: a\n\n".utf8)]).parser.hasUnfinishedEvent)
    }
}
