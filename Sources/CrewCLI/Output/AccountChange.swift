import ArgumentParser
import CrewKit
import CrewReport

/// A change of an account above the runs.
enum AccountChange {
    /// Makes it, and says on standard error how the account stands then.
    static func perform(
        on account: SharedAccount,
        _ store: StoreOption,
        _ change: (any RunStore) async throws -> Void
    ) async throws {
        let status = try await Reporting().reporting {
            let journal = store.open()
            try await change(journal)
            let accounts = try await journal.accounts()
            await journal.close()
            if case .crew(let name) = account, try await journal.runs().allSatisfy({ $0.crew != name }) {
                StandardStream.diagnostics.say(PrintableText.line("no crew \(name) has run here yet"))
            }
            StandardStream.diagnostics.say(AccountReport.table(accounts.filter { $0.account == account }))
            await journal.close()
            return .finished
        }
        throw ExitCode(status.rawValue)
    }

    /// Says it to a run, and says on standard error how the run's account stands then.
    static func perform(
        on argument: RunArgument,
        _ store: StoreOption,
        _ signal: Signal
    ) async throws {
        let status = try await Reporting().reporting {
            let journal = store.open()
            let run = try await argument.find(in: journal).run
            let reception = try await SignalReport.tell(signal, to: run, in: journal)
            let rows = AccountReport.rows(of: try await SignalReport.state(of: run, in: journal))
            let location = Summary.location(store.location(of: journal.place))
            await journal.close()
            StandardStream.diagnostics.say(AccountReport.table(Array(rows.prefix(1))))
            if case .waiting = reception {
                StandardStream.diagnostics.say("it counts when the run is resumed: crew resume \(run)\(location)")
            }
            return .finished
        }
        throw ExitCode(status.rawValue)
    }
}
