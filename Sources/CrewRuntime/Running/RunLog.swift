import ChatModel
import CrewCore
import Logging

/// What a library logs of a run: that it begins and ends, and what goes wrong on the way.
///
/// Names, numbers and codes: what was asked and said stands in the journal, and a log is read by others.
struct RunLog: Sendable {
    private var logger: Logger

    /// Logs one run.
    init(_ logger: Logger, run: String) {
        self.logger = logger
        self.logger[metadataKey: "run"] = "\(run)"
    }

    /// Logs events that were recorded.
    func tell(_ events: [Event]) {
        for event in events { tell(event) }
    }

    private func tell(_ event: Event) {
        switch event.fact {
        case .runCreated(let created):
            logger.info("run begun", metadata: ["crew": "\(created.crew.name)"])
        case .runResumed(let resumed): logger.info("run resumed", metadata: ["epoch": "\(resumed.epoch)"])
        case .runEnded(let end): tell(end)
        case .callFailed(let failure):
            var metadata: Logger.Metadata = [
                "call": "\(failure.call)", "attempt": "\(failure.attempt)", "code": "\(failure.code.rawValue)",
            ]
            if let status = failure.status { metadata["status"] = "\(status)" }
            logger.warning("call failed", metadata: metadata)
        case .modelReplaced(let replaced):
            logger.warning("model replaced", metadata: ["from": "\(replaced.from)", "to": "\(replaced.to)"])
        case .toolCompleted(let tool) where tool.outcome == .failed || tool.outcome == .timedOut:
            logger.warning("tool failed", metadata: ["tool": "\(tool.tool)", "outcome": "\(tool.outcome.rawValue)"])
        case .assignmentFailed(let failure):
            logger.warning(
                "assignment failed",
                metadata: ["assignment": "\(failure.assignment)", "code": "\(failure.code)"]
            )
        case .limitReached(let limit):
            logger.notice(
                "limit reached",
                metadata: ["kind": "\(limit.kind.rawValue)", "account": "\(limit.account ?? limit.agent ?? "run")"]
            )
        default:
            logger.debug("event", metadata: ["number": "\(event.sequence)", "kind": "\(event.fact.kind)"])
        }
    }

    private func tell(_ end: RunEnded) {
        var metadata: Logger.Metadata = ["status": "\(end.status.rawValue)"]
        if let code = end.code { metadata["code"] = "\(code)" }
        let level: Logger.Level =
            switch end.status {
            case .finished: .info
            case .failed: .error
            default: .notice
            }
        logger.log(level: level, "run ended", metadata: metadata)
    }
}
