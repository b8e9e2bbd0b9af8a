import CrewCore

/// Names of models at endpoints.
package enum ModelNames {
    /// The name that somebody who wrote another one probably meant, if one is near enough.
    package static func nearest(_ name: String, _ names: [String]) -> String? { NearestName.of(name, in: names) }
}
