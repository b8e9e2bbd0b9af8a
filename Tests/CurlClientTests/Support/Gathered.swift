import CurlClient
import Foundation
import ScriptedServer
import Synchronization
import Testing

/// What a stream handed on, gathered from the engine thread.
final class Gathered: Sendable {
    private let state = Mutex<(head: HTTPResponseHead?, body: [UInt8], pieces: Int)>((nil, [], 0))
    /// Fires at the first piece of the body.
    let hasBegun = Latch()

    var head: HTTPResponseHead? { state.withLock { $0.head } }
    var text: String { state.withLock { String(decoding: $0.body, as: UTF8.self) } }
    var pieces: Int { state.withLock { $0.pieces } }

    func take(_ head: HTTPResponseHead) { state.withLock { $0.head = head } }

    func take(_ bytes: UnsafeRawBufferPointer) {
        state.withLock { state in
            state.body.append(contentsOf: bytes)
            state.pieces += 1
        }
        hasBegun.fire()
    }
}

extension HTTPClient {
    /// A client that no proxy of the environment disturbs.
    static func direct(certificateAuthorityFile: String? = nil) throws -> HTTPClient {
        try HTTPClient(Configuration(proxy: .none, certificateAuthorityFile: certificateAuthorityFile))
    }

    func stream(_ request: HTTPRequest, to gathered: Gathered) async throws -> HTTPResponseHead {
        try await stream(request) {
            gathered.take($0)
        } onBody: { bytes in
            gathered.take(bytes)
            return true
        }
    }
}

extension HTTPRequest {
    static func get(_ url: String, timeouts: HTTPTimeouts = HTTPTimeouts(), limit: Int = 1 << 20) -> HTTPRequest {
        HTTPRequest(url: url, timeouts: timeouts, maximumResponseBytes: limit)
    }

    static func post(_ url: String, _ body: String, timeouts: HTTPTimeouts = HTTPTimeouts()) -> HTTPRequest {
        HTTPRequest(
            method: "POST",
            url: url,
            headers: [("Content-Type", "application/json")],
            body: Array(body.utf8),
            timeouts: timeouts
        )
    }
}

/// The error that `body` throws; fails the test when it throws none.
func failure(of body: () async throws -> Void) async throws -> HTTPError {
    do {
        try await body()
    } catch let error as HTTPError {
        return error
    }
    Issue.record("no error was thrown")
    throw CancellationError()
}

/// The descriptors of this process that are connected to a port.
func connections(to port: UInt16) -> Int {
    (0..<Int32(4_096)).count { descriptor in
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
        }
        return status == 0 && UInt16(bigEndian: address.sin_port) == port
    }
}
