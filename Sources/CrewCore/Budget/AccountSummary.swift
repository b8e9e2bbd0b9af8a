/// How an account above the runs stands.
public struct AccountSummary: Sendable, Hashable {
    /// Whose account it is.
    public let account: SharedAccount
    /// What may be used in all; what is `nil` is not limited.
    public let limits: Limits
    /// What is known to be used.
    public let settled: Amounts
    /// What calls under way may use.
    public let held: Amounts
    /// What calls with an unknown outcome may have used.
    public let uncertain: Amounts
    /// What is free; what is `nil` is not limited.
    public let free: Limits
    /// The runs that hold something, the newest first.
    public let holders: [RunSummary]

    /// Sums an account up.
    package init(
        account: SharedAccount,
        limits: Limits,
        settled: Amounts,
        held: Amounts,
        uncertain: Amounts,
        free: Limits,
        holders: [RunSummary]
    ) {
        self.account = account
        self.limits = limits
        self.settled = settled
        self.held = held
        self.uncertain = uncertain
        self.free = free
        self.holders = holders
    }
}
