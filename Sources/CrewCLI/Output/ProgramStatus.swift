import CrewKit

/// How the program ends, as callers see it.
enum ProgramStatus: Int32, Sendable {
    /// The run has its answer.
    case finished = 0
    /// The run failed, or something on this machine did.
    case failed = 1
    /// The crew file or the command is wrong.
    case usage = 2
    /// The provider or the credentials are at fault.
    case provider = 3
    /// A limit was reached; there is a partial result.
    case limited = 4
    /// The run waits for a person and can be resumed.
    case waiting = 5
    /// The run was interrupted and can be resumed.
    case interrupted = 130

    /// How a run ended.
    init(_ result: RunResult) {
        switch result.status {
        case .finished: self = .finished
        case .limited: self = .limited
        case .waiting: self = .waiting
        case .interrupted, .running: self = .interrupted
        case .failed:
            // A call's own failure is the provider's; any other code is the engine's verdict on the work.
            self = result.code.flatMap { ChatError.Code(rawValue: $0) } == nil ? .failed : .provider
        }
    }

    /// Why a run could not be executed.
    init(_ error: CrewError) {
        switch error.code {
        case .credentials: self = .provider
        case .journal: self = (error.cause as? JournalError).map(ProgramStatus.init) ?? .failed
        default: self = .usage
        }
    }

    /// Why the store did not do what was asked.
    init(_ error: JournalError) {
        self = [.unknownRun, .wrongVersion, .refused].contains(error.code) ? .usage : .failed
    }
}
