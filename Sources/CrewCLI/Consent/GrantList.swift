import CrewKit
import CrewReport

/// What a crew is granted beyond the harmless, with the place of each in what the person can look at.
struct GrantList {
    /// What identifies the file for which consent is remembered.
    let file: String
    /// The grants.
    let grants: [Grant]
    /// The place of each.
    private let places: [String]

    /// The grants of a crew that was read from a file.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - crew: Its crew, as the command line has changed it.
    ///   - environment: The environment, which names the person's own endpoint.
    init(_ file: CrewFile, crew: Crew, environment: [String: String]) {
        self.file = Paths.absolute(file.path)
        grants = crew.grants(in: Self.scope(Paths.absolute(file.directory), environment))
        places = grants.map { file.place(of: $0.path) }
    }

    /// The grants of a crew with which a run goes on.
    ///
    /// - Parameters:
    ///   - created: How the run began.
    ///   - crew: The crew as it is now.
    ///   - store: Where the run is kept.
    ///   - environment: The environment, which names the person's own endpoint.
    init(_ created: RunCreated, crew: Crew, store: String, environment: [String: String]) {
        file = created.file ?? "\(Paths.absolute(store)) \(created.run)"
        grants = crew.grants(in: Self.scope(created.folder, environment))
        places = grants.map { grant in
            CrewProblem(grant.path, "").description.split(separator: ":").first.map(String.init) ?? ""
        }
    }

    private static func scope(_ folder: String, _ environment: [String: String]) -> GrantScope {
        let own = environment["OPENAI_BASE_URL"].flatMap { $0.isEmpty ? nil : $0 }
        return GrantScope(folder: folder, ownEndpoint: own, resolving: Paths.absolute) { path in
            (try? FileBytes.read(path, atMost: 4 << 20).get()).map(ContentDigest.of) ?? ""
        }
    }

    /// A line for each grant.
    var lines: [String] { zip(places, grants).map { "  \($0): \($1.summary)" } }

    /// The grants for programs.
    var objects: [JSONFields] {
        zip(places, grants).map { place, grant in
            var fields = JSONFields()
            fields.add("kind", grant.kind.rawValue)
            fields.add("subject", .array(grant.subject.map { .string($0) }))
            fields.add("place", place)
            fields.add("summary", grant.summary)
            return fields
        }
    }
}
