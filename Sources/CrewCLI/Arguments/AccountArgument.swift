import ArgumentParser
import CrewKit

/// The account that a command is about.
struct AccountArgument: ParsableArguments {
    /// Whose limits are meant.
    enum Account: Equatable {
        /// All runs of the store, or those of one crew.
        case shared(SharedAccount)
        /// One run, by its identifier or what stands for it.
        case run(String)
    }

    @Argument(
        help: ArgumentHelp(
            "`project` for all runs of the store, `crew/NAME` for those of one crew, or `run/ID` for one run.",
            valueName: "account"
        ),
        completion: .list(["project", "run/last"]),
        transform: AccountArgument.read
    )
    var account: Account

    @Sendable static func read(_ text: String) throws -> Account {
        if text.hasPrefix("run/"), text.count > 4 { return .run(String(text.dropFirst(4))) }
        guard let account = SharedAccount(text) else {
            throw ValidationError("\(text) is no account: write project, crew/NAME, or run/ID.")
        }
        return .shared(account)
    }
}
