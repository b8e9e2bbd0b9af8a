/// Something that answers chat requests: an endpoint, or a wrapper around one.
///
/// A model performs exactly one attempt. Whether a failed attempt is tried again, elsewhere, or not at all is not its
/// to decide.
public protocol ChatModel: Sendable {
    /// Performs one attempt.
    ///
    /// - Parameters:
    ///   - request: What to ask.
    ///   - onText: Called with each piece of text as it arrives, when the caller wants the answer streamed; in order,
    ///     one call at a time, from a thread that must not be blocked.
    /// - Returns: The complete answer. A cut stream is never returned as one.
    /// - Throws: ``ChatError``; `cancelled` when the task was cancelled, after the connection was given up.
    func respond(
        to request: ChatRequest,
        onText: (@Sendable (String) -> Void)?
    ) async throws(ChatError) -> ChatResponse
}
