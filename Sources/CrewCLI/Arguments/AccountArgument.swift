import ArgumentParser
import CrewKit

/// The account that a command is about.
struct AccountArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "`project` for all runs of the store, or `crew/NAME` for those of one crew.",
            valueName: "account"
        ),
        completion: .list(["project"]),
        transform: AccountArgument.read
    )
    var account: SharedAccount

    @Sendable private static func read(_ text: String) throws -> SharedAccount {
        guard let account = SharedAccount(text) else {
            throw ValidationError("\(text) is no account: write project, or crew/NAME.")
        }
        return account
    }
}
