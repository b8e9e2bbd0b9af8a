import Foundation
import Synchronization

/// An HTTP/1.1 server on 127.0.0.1 whose answers are a closure, down to the last byte and the way it hangs up.
///
/// Each connection has a thread, on which the script is called for one request after the other. After a script that
/// neither closes nor resets, the connection waits for its next request.
public final class ScriptedServer: Sendable {
    /// Answers one request; may block.
    public typealias Script = @Sendable (ScriptedRequest, ScriptedConnection) throws -> Void

    private struct State {
        var requests: [ScriptedRequest] = []
        var connections = 0
        var open: [Int: Int32] = [:]
        var isStopped = false
        var failures: [any Error] = []
        var watchers: [(isTrue: @Sendable (ScriptedServer.Counts) -> Bool, signal: Latch)] = []
    }

    /// What ``wait(until:)`` looks at.
    public struct Counts: Sendable {
        /// How many requests were read.
        public var requests: Int
        /// How many connections were accepted.
        public var connections: Int
        /// How many of them are still open.
        public var open: Int
    }

    /// The port.
    public let port: UInt16
    private let listener: Int32
    private let script: Script
    private let state = Mutex(State())

    /// Runs `body` with a server, stops the server after it, and throws what a script threw.
    public static func withServer<Value>(
        _ script: @escaping Script,
        body: (ScriptedServer) async throws -> Value
    ) async throws -> Value {
        let server = try ScriptedServer(script)
        let result: Result<Value, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        server.stop()
        await server.wait { $0.open == 0 }
        let value = try result.get()
        if let failure = server.state.withLock({ $0.failures.first }) { throw failure }
        return value
    }

    /// Runs `body` with a port of 127.0.0.1 that refuses connections and that nobody else can get.
    public static func withClosedPort<Value>(_ body: (UInt16) async throws -> Value) async throws -> Value {
        let (descriptor, port) = try Socket.reserve()
        defer { Socket.close(descriptor) }
        return try await body(port)
    }

    private init(_ script: @escaping Script) throws {
        (listener, port) = try Socket.listen()
        self.script = script
        Thread.detachNewThread { self.acceptAll() }
    }

    /// `http://127.0.0.1:PORT`.
    public var baseURL: String { "http://127.0.0.1:\(port)" }

    /// What was read so far.
    public var requests: [ScriptedRequest] { state.withLock { $0.requests } }

    /// The number of connections that were accepted.
    public var connectionCount: Int { state.withLock { $0.connections } }

    /// Suspends until the condition holds; it is checked whenever a count changes.
    public func wait(until isTrue: @escaping @Sendable (Counts) -> Bool) async {
        let signal = Latch()
        change { $0.watchers.append((isTrue, signal)) }
        await signal.wait()
    }

    /// Ends all connections and takes no more.
    public func stop() {
        let isFirst = change { state in
            defer { state.isStopped = true }
            for descriptor in state.open.values { Socket.shutDown(descriptor) }
            return !state.isStopped
        }
        if isFirst { Socket.knock(at: port) }
    }

    private func change<Value>(_ body: (inout State) -> Value) -> Value {
        let (value, signals) = state.withLock { state in
            let value = body(&state)
            let counts = Counts(
                requests: state.requests.count,
                connections: state.connections,
                open: state.open.count
            )
            let fired = state.watchers.filter { $0.isTrue(counts) }.map(\.signal)
            state.watchers.removeAll { $0.isTrue(counts) }
            return (value, fired)
        }
        for signal in signals { signal.fire() }
        return value
    }

    private func acceptAll() {
        while let descriptor = Socket.accept(listener) {
            let number: Int? = change { state in
                guard !state.isStopped else { return nil }
                state.connections += 1
                state.open[state.connections - 1] = descriptor
                return state.connections - 1
            }
            guard let number else {
                Socket.close(descriptor)
                break
            }
            Thread.detachNewThread { self.serve(descriptor, number) }
        }
        Socket.close(listener)
    }

    private func serve(_ descriptor: Int32, _ number: Int) {
        let connection = ScriptedConnection(descriptor, number: number)
        while let request = connection.nextRequest() {
            change { $0.requests.append(request) }
            do {
                try script(request, connection)
            } catch {
                change { $0.failures.append(error) }
                connection.close()
            }
        }
        // Closed under the lock, so that `stop` shuts down no descriptor that has been given away again.
        change { state in
            state.open[number] = nil
            Socket.close(descriptor)
        }
    }
}
