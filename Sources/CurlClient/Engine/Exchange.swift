import Synchronization

typealias Outcome = Result<HTTPResponse, HTTPError>

/// One request and its answer: what the caller and the engine share.
///
/// Whoever ends it first, the engine or a cancellation, gives the caller its one outcome.
final class Exchange: Sendable {
    /// Where the body goes.
    enum Sink: Sendable {
        case collect
        case stream(
            onHead: @Sendable (HTTPResponseHead) -> Void,
            onBody: @Sendable (UnsafeRawBufferPointer) -> Bool
        )
    }

    private enum State {
        case idle
        case waiting(CheckedContinuation<Outcome, Never>)
        case over
    }

    let request: HTTPRequest
    let sink: Sink
    private let state = Mutex<State>(.idle)
    private let sent = Atomic<Bool>(false)

    init(_ request: HTTPRequest, _ sink: Sink) {
        self.request = request
        self.sink = sink
    }

    /// Whether a handle that other transfers have used, or will use, may carry it: what it trusts stays with the handle.
    var mayShareHandle: Bool { request.certificateAuthorityFile == nil }

    /// Whether any of the request can have left.
    var wasSent: Bool { sent.load(ordering: .relaxed) }

    func markSent() { sent.store(true, ordering: .relaxed) }

    var isOver: Bool {
        state.withLock { state in
            if case .over = state { true } else { false }
        }
    }

    /// Takes the caller's continuation; false when the exchange was cancelled before, and then resumes it.
    func wait(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
        let mayStart = state.withLock { state in
            guard case .idle = state else { return false }
            state = .waiting(continuation)
            return true
        }
        if !mayStart { continuation.resume(returning: .failure(cancellation)) }
        return mayStart
    }

    /// Gives the caller the outcome, unless it has one.
    @discardableResult
    func end(_ outcome: @autoclosure () -> Outcome) -> Bool {
        let continuation: CheckedContinuation<Outcome, Never>? = state.withLock { state in
            defer { state = .over }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        continuation?.resume(returning: outcome())
        return continuation != nil
    }

    var cancellation: HTTPError {
        HTTPError(.cancelled, "the request to \(request.host) was cancelled", wasSent: wasSent)
    }

    var closure: HTTPError {
        HTTPError(.closed, "the HTTP client was shut down", wasSent: wasSent)
    }
}
