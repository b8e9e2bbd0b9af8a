/// The server's end of a connection, for the script that answers.
///
/// Every function blocks the connection's own thread. Writes after the peer is gone are dropped.
public final class ScriptedConnection {
    /// The number of the connection; the first is 0.
    public let number: Int
    private let descriptor: Int32
    private var unread: [UInt8] = []
    private(set) var isOpen = true

    init(_ descriptor: Int32, number: Int) {
        self.descriptor = descriptor
        self.number = number
    }

    /// Writes a whole answer with `Content-Length`; the connection stays open.
    public func respond(status: Int, headers: [String: String] = [:], body: some Sequence<UInt8>) {
        let body = Array(body)
        writeHead(status: status, headers: headers.merging(["Content-Length": "\(body.count)"]) { own, _ in own })
        write(body)
    }

    /// Writes a whole answer with `Content-Length`; the connection stays open.
    public func respond(status: Int, headers: [String: String] = [:], body: String = "") {
        respond(status: status, headers: headers, body: body.utf8)
    }

    /// Writes a status line and header fields with the blank line after them.
    public func writeHead(status: Int, headers: [String: String] = [:]) {
        let lines = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }
        write("HTTP/1.1 \(status) Scripted\r\n" + lines.joined() + "\r\n")
    }

    /// Writes one chunk of an answer with `Transfer-Encoding: chunked`; an empty one ends it.
    public func writeChunk(_ text: String) {
        write(String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n")
    }

    /// Writes a `text/event-stream` with one event for each string, chunked, to its end.
    public func respond(events: [String]) {
        writeHead(status: 200, headers: ["Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"])
        for event in events { writeChunk("data: \(event)\n\n") }
        writeChunk("")
    }

    /// Writes text as it is; false when the peer is gone.
    @discardableResult
    public func write(_ text: String) -> Bool { write(text.utf8) }

    /// Writes bytes as they are; false when the peer is gone.
    @discardableResult
    public func write(_ bytes: some Sequence<UInt8>) -> Bool {
        isOpen && Socket.write(bytes, to: descriptor)
    }

    /// Blocks until the peer has closed or the server stops; what the peer sends meanwhile is dropped.
    public func waitForPeerToClose() {
        while isOpen, !Socket.read(descriptor).isEmpty {}
    }

    /// Ends the connection in order.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        Socket.shutDown(descriptor)
    }

    /// Ends the connection with a reset.
    public func reset() {
        guard isOpen else { return }
        isOpen = false
        Socket.resetOnClose(descriptor)
    }

    /// The next request, or nil when the peer is gone.
    func nextRequest() -> ScriptedRequest? {
        while isOpen {
            if let request = ScriptedRequest(takenFrom: &unread, connection: number) { return request }
            let bytes = Socket.read(descriptor)
            if bytes.isEmpty { return nil }
            unread += bytes
        }
        return nil
    }
}
