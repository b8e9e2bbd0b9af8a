import ArgumentParser
import CrewKit

/// The account that a command is about.
struct AccountArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "`project` for all runs of the store, or `crew/NAME` for those of one crew.",
            valueName: "account"
        ),
        completion: .custom { words, _, prefix in await AccountArgument.completions(words, prefix) },
        transform: AccountArgument.read
    )
    var account: SharedAccount

    @Sendable private static func read(_ text: String) throws -> SharedAccount {
        guard let account = SharedAccount(text) else {
            throw ValidationError("\(text) is no account: write project, or crew/NAME.")
        }
        return account
    }

    private static func completions(_ words: [String], _ prefix: String) async -> [String] {
        let store = RunStore(directory: StoreOption.given(in: words))
        let accounts = (try? await store.accounts()) ?? []
        await store.close()
        return (["project"] + accounts.map { "\($0.account)" }.filter { $0 != "project" }).filter {
            $0.hasPrefix(prefix)
        }
    }
}
