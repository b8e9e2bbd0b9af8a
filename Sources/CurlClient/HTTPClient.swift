/// An HTTP/1.1 and HTTP/2 client on libcurl, with one thread for all its connections.
///
/// Connections are kept and shared by all requests; one client for a process is right. Redirects are never followed,
/// certificates are always verified, and nothing but `http` and `https` is spoken.
///
/// Once the last reference is gone, or after ``close()``, whatever is under way ends with ``HTTPError/Code/closed``.
public final class HTTPClient: Sendable {
    private let mailbox: Mailbox

    /// Starts a client; throws when libcurl is too old or the system gives no thread.
    public init(_ configuration: Configuration = Configuration()) throws(HTTPError) {
        try CurlLibrary.shared.require()
        let multi = try MultiHandle(configuration)
        let mailbox = Mailbox(waking: multi)
        self.mailbox = mailbox
        let isStarted = startThread(named: "crew-http") {
            blockBrokenPipeSignal()
            EngineLoop(mailbox, multi, configuration).run()
        }
        guard isStarted else {
            multi.destroy()
            throw HTTPError(.closed, "no thread can be started for the HTTP client", wasSent: false)
        }
    }

    deinit {
        mailbox.close()
    }

    /// Runs tasks on the client's own thread, between its looks at the network.
    ///
    /// A call made there needs no switch of threads: `withTaskExecutorPreference(client.executor)` makes many small
    /// calls several times cheaper. Nothing that blocks or computes for long may run there, for all answers wait
    /// meanwhile. After the client's end, tasks run on the global pool.
    public var executor: any TaskExecutor { mailbox }

    /// Sends a request and returns the whole answer, whatever its status.
    ///
    /// A cancelled task gets ``HTTPError/Code/cancelled`` at once, and the exchange is given up.
    public func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        try await run(request, .collect)
    }

    /// Sends a request and hands the answer on as it arrives.
    ///
    /// Both closures run on the client's thread, straight from libcurl, and must not block. Bytes are valid only during
    /// the call. A cancelled task gets ``HTTPError/Code/cancelled`` at once; a call of `onBody` that has begun by then
    /// still goes to its end.
    /// - Parameters:
    ///   - request: The request.
    ///   - onHead: Called once, before the body.
    ///   - onBody: Called for each piece of the body as it comes; false ends the exchange with
    ///     ``HTTPError/Code/stoppedByConsumer``.
    /// - Returns: The head, after the body's end.
    public func stream(
        _ request: HTTPRequest,
        onHead: @escaping @Sendable (HTTPResponseHead) -> Void,
        onBody: @escaping @Sendable (UnsafeRawBufferPointer) -> Bool
    ) async throws(HTTPError) -> HTTPResponseHead {
        try await run(request, .stream(onHead: onHead, onBody: onBody)).head
    }

    /// Ends whatever is under way and returns once all connections are closed.
    public func close() async {
        mailbox.close()
        await mailbox.waitForEnd()
    }

    private func run(_ request: HTTPRequest, _ sink: Exchange.Sink) async throws(HTTPError) -> HTTPResponse {
        try request.validate()
        let exchange = Exchange(request, sink)
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard exchange.wait(continuation) else { return }
                if !mailbox.post(.start(exchange)) { exchange.end(.failure(exchange.closure)) }
            }
        } onCancel: {
            if exchange.end(.failure(exchange.cancellation)) { _ = mailbox.post(.cancel(exchange)) }
        }
        return try outcome.get()
    }
}
